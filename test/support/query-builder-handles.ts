import Database from "better-sqlite3";
import { drizzle as drizzleSqlite } from "drizzle-orm/better-sqlite3";
import { drizzle as drizzlePostgres } from "drizzle-orm/node-postgres";
import knex, { type Knex } from "knex";
import { CamelCasePlugin, CompiledQuery, Kysely, PostgresDialect, SqliteDialect, type Dialect } from "kysely";
import pg from "pg";
import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "../../examples/with-prisma/generated/postgres/client.ts";
import { DataSource } from "typeorm";
import { runSteps, runStepsAtOnce, type HostDatabase, type HostRow } from "wispy-auth/testing";
import type { DriverHandle } from "./driver-handles.ts";

const kyselyOnPostgres: DriverHandle = {
  name: "Kysely on PostgreSQL",
  dialect: "postgres",
  opens: "url",
  async open(url, { max = 4 } = {}) {
    const pool = new pg.Pool({ connectionString: url, max });
    // Kysely listens to none of its connections, and one that dies while it is used would end the process.
    pool.on("connect", (client) => client.on("error", () => undefined));
    pool.on("error", () => undefined);
    return lendKysely("postgres", new PostgresDialect({ pool }));
  },
};

const kyselyOnSqlite: DriverHandle = {
  name: "Kysely on SQLite",
  dialect: "sqlite",
  opens: "path",
  async open(path) {
    const database = new Database(path).defaultSafeIntegers();
    return lendKysely("sqlite", new SqliteDialect({ database }));
  },
};

/** With a plugin that renames columns and changes values, as applications have. */
function lendKysely(dialect: HostDatabase["dialect"], driver: Dialect): HostDatabase {
  let statements = 0;
  const database = new Kysely<unknown>({
    dialect: driver,
    plugins: [new CamelCasePlugin()],
    log: ({ query }) => void (query.sql.startsWith("PRAGMA") || (statements += 1)),
  });
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
    statementCount: () => statements,
    close: () => database.destroy(),
  };
}

const knexOnPostgres: DriverHandle = {
  name: "Knex on PostgreSQL",
  dialect: "postgres",
  opens: "url",
  open: async (url, { max = 4 } = {}) =>
    lendKnex("postgres", {
      client: "pg",
      connection: url,
      pool: { min: 0, max },
      postProcessResponse: ({ rows }: { rows: HostRow[] }) => rows,
    }),
};

const knexOnSqlite: DriverHandle = {
  name: "Knex on SQLite",
  dialect: "sqlite",
  opens: "path",
  open: async (filename) =>
    lendKnex("sqlite", {
      client: "better-sqlite3",
      connection: { filename, options: { safeIntegers: true } },
      useNullAsDefault: true,
      postProcessResponse: (rows: unknown) => (Array.isArray(rows) ? rows : []),
    }),
};

function lendKnex(dialect: HostDatabase["dialect"], config: Knex.Config): HostDatabase {
  const database = knex({ ...config, log: { warn: () => undefined } });
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
    close: () => database.destroy(),
  };
}

const prismaOnPostgres: DriverHandle = {
  name: "Prisma on PostgreSQL",
  dialect: "postgres",
  opens: "url",
  async open(url, { max = 4 } = {}) {
    const pool = new pg.Pool({ connectionString: url, max });
    pool.on("error", () => undefined);
    let statements = 0;
    const database = new PrismaClient({
      adapter: new PrismaPg(pool),
      log: [{ emit: "event", level: "query" }],
      // An application that wants it so. (Serializable ones it would have to run again by itself.)
      transactionOptions: { isolationLevel: "RepeatableRead", maxWait: 20_000, timeout: 20_000 },
    });
    database.$on("query", () => (statements += 1));
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
      statementCount: () => statements,
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
  async open(url, { max = 4 } = {}) {
    const pool = new pg.Pool({ connectionString: url, max });
    pool.on("error", () => undefined);
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
      close: async () => void (pool.ended || (await pool.end())),
    };
  },
};

const drizzleOnSqlite: DriverHandle = {
  name: "Drizzle on SQLite",
  dialect: "sqlite",
  opens: "path",
  async open(path) {
    const client = new Database(path);
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
      close: async () => void client.close(),
    };
  },
};

const typeormOnPostgres: DriverHandle = {
  name: "TypeORM on PostgreSQL",
  dialect: "postgres",
  opens: "url",
  async open(url, { max = 4 } = {}) {
    const database = new DataSource({ type: "postgres", url, poolSize: max });
    await database.initialize();
    return {
      dialect: "postgres",
      database,
      query: (text) => database.query<HostRow[]>(text),
      inTransaction: (steps) =>
        database.transaction((manager) =>
          runSteps(steps({ handle: manager, query: (text) => manager.query<HostRow[]>(text) })),
        ),
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
