import Database from "better-sqlite3";
import { drizzle as drizzleSqlite, type BetterSQLite3Database } from "drizzle-orm/better-sqlite3";
import { drizzle as drizzlePostgres, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { mkdirSync } from "node:fs";
import pg from "pg";

/** An application has one of the two; this example shows both. */
export type PostgresDb = NodePgDatabase & { $client: pg.Pool };
export type SqliteDb = BetterSQLite3Database & { $client: Database.Database };
export type Db = PostgresDb | SqliteDb;

export interface OpenedDatabase {
  readonly db: Db;
  close(): Promise<void>;
}

/** PostgreSQL for a URL, a SQLite file without one. */
export function openDatabase(url: string | undefined): OpenedDatabase {
  return url ? openPostgres(url) : openSqlite(".data/with-drizzle.db");
}

function openPostgres(url: string): OpenedDatabase {
  const pool = new pg.Pool({ connectionString: url });
  // A connection that dies says so by an `error` event; where nobody listens, Node ends the process.
  pool.on("error", console.error);
  pool.on("connect", (client) => client.on("error", console.error));
  return { db: drizzlePostgres({ client: pool }), close: () => pool.end() };
}

function openSqlite(file: string): OpenedDatabase {
  mkdirSync(".data", { recursive: true });
  const database = new Database(file);
  database.pragma("journal_mode = WAL");
  return { db: drizzleSqlite({ client: database }), close: async () => void database.close() };
}

export function isPostgres(db: Db): db is PostgresDb {
  return db.$client instanceof pg.Pool;
}
