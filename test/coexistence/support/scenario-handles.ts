const postgres = [
  "pg.Pool",
  "pg.Client",
  "postgres.js",
  "PGlite",
  "Kysely on PostgreSQL",
  "Knex on PostgreSQL",
  "Prisma on PostgreSQL",
  "Drizzle on PostgreSQL",
  "TypeORM on PostgreSQL",
] as const;
const sqlite = [
  "better-sqlite3",
  "libsql",
  "@libsql/client",
  "@libsql/client in memory",
  "node:sqlite",
  "Kysely on SQLite",
  "Knex on SQLite",
  "Drizzle on SQLite",
] as const;

export type HandleName = (typeof postgres)[number] | (typeof sqlite)[number];

/** The columns of the matrix, as test/support/driver-handles.ts names them. */
export const handleColumns = { postgres, sqlite } as const;

/** Why a scenario is not for a handle (–), or was not run on it (○). */
export const reasons = {
  sqlite: "SQLite has no server, and with it no roles, search_path or server-side names; 47 is its 7 and 8.",
  postgres:
    "For SQLite, or one connection that everybody shares; with a pool, the application's transaction has a connection of its own.",
  unnamed: "Names are never sent through this handle, so that there is nothing to collide or to go stale.",
  beneath: "Runs on the same driver as `pg.Pool`, where it is shown.",
  above:
    "Decided above the handle, by code that is the same for all of them: shown on `pg.Pool` and better-sqlite3.",
  inProcess: "One database inside the process: no server, no pooler and no other process.",
  oneConnection: "The handle is one connection: there is no other one to give, and none to run out of.",
  noPool: "There is no pool; waiting for the lock of the file is 43 and 44.",
  pipelining: "Only pg sends before it has the answer to what it sent.",
  pgbouncer: "Not run on this machine: needs PgBouncer 1.21 or newer, its path in `PGBOUNCER_BIN`.",
  skipped: "Not run on this machine: the test lacks what it needs here, and says so.",
} as const;

export type Reason = keyof typeof reasons;

export type Reasons = Partial<Record<HandleName, Reason>>;

export function all(handles: readonly HandleName[], reason: Reason): Reasons {
  return Object.fromEntries(handles.map((handle) => [handle, reason]));
}

export const pools: readonly HandleName[] = [
  "postgres.js",
  "Kysely on PostgreSQL",
  "Knex on PostgreSQL",
  "Prisma on PostgreSQL",
  "Drizzle on PostgreSQL",
  "TypeORM on PostgreSQL",
];
export const noSqlite = all(sqlite, "sqlite");
export const serverOnly: Reasons = { ...noSqlite, PGlite: "inProcess" };
export const namesOnly: Reasons = {
  ...noSqlite,
  ...all(["postgres.js", "PGlite", "Kysely on PostgreSQL", "Prisma on PostgreSQL"], "unnamed"),
  ...all(["pg.Client", "Knex on PostgreSQL", "Drizzle on PostgreSQL", "TypeORM on PostgreSQL"], "beneath"),
};
export const aboveHandles: Reasons = {
  ...all([...postgres, ...sqlite], "above"),
  ...without("pg.Pool"),
  ...without("better-sqlite3"),
};
export const aboveServers: Reasons = { ...aboveHandles, ...noSqlite };
export const sqliteOnly = all(postgres, "postgres");

/** Takes a handle out of the reasons that come before it. */
export function without(handle: HandleName): Reasons {
  return { [handle]: undefined } as Reasons;
}
