import Database from "better-sqlite3";
import { drizzle as drizzleSqlite } from "drizzle-orm/better-sqlite3";
import { drizzle as drizzlePostgres } from "drizzle-orm/node-postgres";
import knex, { type Knex } from "knex";
import { CamelCasePlugin, CompiledQuery, Kysely, PostgresDialect, SqliteDialect, type Dialect } from "kysely";
import type pg from "pg";
import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "../../examples/with-prisma/generated/postgres/client.ts";
import { DataSource } from "typeorm";
import { runSteps, runStepsAtOnce, type HostDatabase, type HostRow } from "wispy-auth/testing";
import type { DriverHandle, OpenOptions } from "./driver-handles.ts";
import { openPgPool, pgPoolOptions } from "./pg-pool.ts";
import { watchPgClient, watchSqlite, watchStatements, type StatementWatch } from "./statement-watch.ts";

const kyselyOnPostgres: DriverHandle = {
  name: "Kysely on PostgreSQL",
  dialect: "postgres",
  opens: "url",
  async open(url, options = {}) {
    const watch = watchStatements(options.onStatement);
    const pool = openPgPool(url, options, watch);
    // Kysely listens to none of its connections, and one that dies while it is used would end the process.
    pool.on("connect", (client) => client.on("error", () => undefined));
    return lendKysely("postgres", { driver: new PostgresDialect({ pool }), watch });
  },
};

const kyselyOnSqlite: DriverHandle = {
  name: "Kysely on SQLite",
  dialect: "sqlite",
  opens: "path",
  async open(path, { onStatement } = {}) {
    const watch = watchStatements(onStatement);
    const database = new Database(path, {
      verbose: (text) => watch.note(String(text)),
    }).defaultSafeIntegers();
    return lendKysely("sqlite", { driver: new SqliteDialect({ database }), watch });
  },
};

/** With a plugin that renames columns and changes values, as applications have. */
function lendKysely(
  dialect: HostDatabase["dialect"],
  { driver, watch }: { readonly driver: Dialect; readonly watch: StatementWatch },
): HostDatabase {
  const database = new Kysely<unknown>({ dialect: driver, plugins: [new CamelCasePlugin()] });
  const queryOn =
    (handle: Kysely<unknown>) =>
    async (text: string): Promise<readonly HostRow[]> =>
      numbered((await handle.executeQuery<HostRow>(CompiledQuery.raw(text))).rows);
  return {
    dialect,
    database,
    query: queryOn(database),
    inTransaction: (steps) =>
      database
        .transaction()
        .execute((transaction) => runSteps(steps({ handle: transaction, query: queryOn(transaction) }))),
    statementCount: watch.statementCount,
    close: () => database.destroy(),
  };
}

const knexOnPostgres: DriverHandle = {
  name: "Knex on PostgreSQL",
  dialect: "postgres",
  opens: "url",
  open: async (url, { max = 4, recycles = false, onStatement } = {}) =>
    lendKnex("postgres", {
      onStatement,
      config: {
        client: "pg",
        connection: url,
        pool: { min: 0, max, ...(recycles ? { maxConnectionLifetimeMillis: 200 } : {}) },
        postProcessResponse: ({ rows }: { rows: HostRow[] }) => rows,
      },
    }),
};

const knexOnSqlite: DriverHandle = {
  name: "Knex on SQLite",
  dialect: "sqlite",
  opens: "path",
  open: async (filename, { onStatement } = {}) =>
    lendKnex("sqlite", {
      onStatement,
      config: {
        client: "better-sqlite3",
        connection: { filename, options: { safeIntegers: true } },
        useNullAsDefault: true,
        postProcessResponse: (rows: unknown) => (Array.isArray(rows) ? rows : []),
      },
    }),
};

function lendKnex(
  dialect: HostDatabase["dialect"],
  { config, onStatement }: Pick<OpenOptions, "onStatement"> & { readonly config: Knex.Config },
): HostDatabase {
  const watch = watchStatements(onStatement);
  const afterCreate = (connection: unknown, done: () => void): void => {
    if (dialect === "postgres") watchPgClient(connection as pg.Client, watch);
    else watchSqlite(connection as Database.Database, watch);
    done();
  };
  const pool = { ...config.pool, afterCreate };
  const database = knex({ ...config, pool, log: { warn: () => undefined } });
  const queryOn =
    (handle: Knex) =>
    async (text: string): Promise<readonly HostRow[]> =>
      numbered((await handle.raw(text)) as HostRow[]);
  return {
    dialect,
    database,
    query: queryOn(database),
    inTransaction: (steps) =>
      database.transaction((transaction) =>
        runSteps(steps({ handle: transaction, query: queryOn(transaction) })),
      ),
    statementCount: watch.statementCount,
    close: () => database.destroy(),
  };
}

const prismaOnPostgres: DriverHandle = {
  name: "Prisma on PostgreSQL",
  dialect: "postgres",
  opens: "url",
  async open(url, options = {}) {
    const watch = watchStatements(options.onStatement);
    const pool = openPgPool(url, options, watch);
    // Prisma listens to a connection only a moment after it got it.
    pool.on("connect", (client) => client.on("error", () => undefined));
    const database = new PrismaClient({
      adapter: new PrismaPg(pool),
      // An application that wants it so. (Serializable ones it would have to run again by itself.)
      transactionOptions: { isolationLevel: "RepeatableRead", maxWait: 20_000, timeout: 20_000 },
    });
    const queryOn =
      (handle: Pick<PrismaClient, "$queryRawUnsafe">) =>
      async (text: string): Promise<readonly HostRow[]> =>
        numbered(await handle.$queryRawUnsafe<HostRow[]>(text));
    return {
      dialect: "postgres",
      database,
      query: queryOn(database),
      inTransaction: (steps) =>
        database.$transaction((tx) => runSteps(steps({ handle: tx, query: queryOn(tx) }))),
      statementCount: watch.statementCount,
      async close() {
        await database.$disconnect();
        if (!pool.ended) await pool.end();
      },
    };
  },
};

const drizzleOnPostgres: DriverHandle = {
  name: "Drizzle on PostgreSQL",
  dialect: "postgres",
  opens: "url",
  async open(url, options = {}) {
    const watch = watchStatements(options.onStatement);
    const pool = openPgPool(url, options, watch);
    // Drizzle does not listen to the connection of a transaction either.
    pool.on("connect", (client) => client.on("error", () => undefined));
    const database = drizzlePostgres({ client: pool });
    const queryOn =
      (handle: Pick<typeof database, "execute">) =>
      async (text: string): Promise<readonly HostRow[]> =>
        (await handle.execute<HostRow>(text)).rows;
    return {
      dialect: "postgres",
      database,
      query: queryOn(database),
      inTransaction: (steps) =>
        database.transaction((tx) => runSteps(steps({ handle: tx, query: queryOn(tx) }))),
      statementCount: watch.statementCount,
      close: async () => void (pool.ended || (await pool.end())),
    };
  },
};

const drizzleOnSqlite: DriverHandle = {
  name: "Drizzle on SQLite",
  dialect: "sqlite",
  opens: "path",
  async open(path, { onStatement } = {}) {
    const { note, statementCount } = watchStatements(onStatement);
    const client = new Database(path, { verbose: (text) => note(String(text)) });
    const database = drizzleSqlite({ client });
    const query = (text: string): HostRow[] => {
      const statement = client.prepare<[], HostRow>(text);
      if (statement.reader) return statement.all();
      statement.run();
      return [];
    };
    return {
      dialect: "sqlite",
      database,
      oneConnection: true,
      query: async (text) => query(text),
      inTransaction: async (steps) =>
        database.transaction((tx) => runStepsAtOnce(steps({ handle: tx, query }))),
      statementCount,
      close: async () => void client.close(),
    };
  },
};

const typeormOnPostgres: DriverHandle = {
  name: "TypeORM on PostgreSQL",
  dialect: "postgres",
  opens: "url",
  async open(url, options = {}) {
    const watch = watchStatements(options.onStatement);
    const database = new DataSource({ type: "postgres", url, extra: pgPoolOptions(options, watch) });
    await database.initialize();
    // So does TypeORM.
    const { master } = database.driver as unknown as { readonly master: pg.Pool };
    master.on("connect", (client) => client.on("error", () => undefined));
    return {
      dialect: "postgres",
      database,
      query: (text) => database.query<HostRow[]>(text),
      inTransaction: (steps) =>
        database.transaction((manager) =>
          runSteps(steps({ handle: manager, query: (text) => manager.query<HostRow[]>(text) })),
        ),
      statementCount: watch.statementCount,
      close: async () => void (database.isInitialized && (await database.destroy())),
    };
  },
};

/** BigInts as the numbers they are. */
function numbered(rows: readonly HostRow[]): readonly HostRow[] {
  const plain = (value: unknown): unknown => (typeof value === "bigint" ? Number(value) : value);
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])),
  );
}

/** Query builders and ORMs over pg and better-sqlite3. */
export const queryBuilderHandles: readonly DriverHandle[] = [
  kyselyOnPostgres,
  kyselyOnSqlite,
  knexOnPostgres,
  knexOnSqlite,
  prismaOnPostgres,
  drizzleOnPostgres,
  drizzleOnSqlite,
  typeormOnPostgres,
];
