import Database from "better-sqlite3";
import type pg from "pg";
import {
  runSteps,
  runStepsAtOnce,
  type HostDatabase,
  type HostRow,
  type HostTransaction,
  type TransactionSteps,
} from "wispy-auth/testing";
import { postgresDriverHandles } from "./postgres-driver-handles.ts";
import { openPgPool } from "./pg-pool.ts";
import { queryBuilderHandles } from "./query-builder-handles.ts";
import { sqliteDriverHandles } from "./sqlite-driver-handles.ts";
import { watchedPgClient, watchStatements } from "./statement-watch.ts";

/** A driver whose handles an application may lend, and how an application opens one. */
export interface DriverHandle {
  /** As a developer calls it: "pg.Pool". */
  readonly name: string;
  readonly dialect: "postgres" | "sqlite";
  /** What `open` needs: the URL of a PostgreSQL database, the path of a SQLite file, or nothing. */
  readonly opens: "url" | "path" | "nothing";
  open(address: string, options?: OpenOptions): Promise<HostDatabase>;
}

export interface OpenOptions {
  /** Connections of the application's pool, where there is one. Default 4. */
  readonly max?: number;
  /** Has the pool replace its connections while it works, by the setting that its package has for it. */
  readonly recycles?: boolean;
  /** Connections will be ended by the server: what a package needs to live through that. */
  readonly mortal?: boolean;
  /** What a package needs behind a pooler that does not follow prepared statements. */
  readonly pooled?: boolean;
  /** Told of each statement before it is sent. Not by PGlite, which has bytes alone. */
  readonly onStatement?: ((text: string) => void) | undefined;
}

const ignoreError = (): void => undefined;

const pgPool: DriverHandle = {
  name: "pg.Pool",
  dialect: "postgres",
  opens: "url",
  async open(url, options = {}) {
    const watch = watchStatements(options.onStatement);
    const pool = openPgPool(url, options, watch);
    return {
      dialect: "postgres",
      database: pool,
      query: async (text) => (await pool.query<HostRow>(text)).rows,
      async inTransaction(steps) {
        const client = await pool.connect();
        client.on("error", ignoreError);
        try {
          return await inPgTransaction(client, steps);
        } finally {
          client.removeListener("error", ignoreError);
          client.release();
        }
      },
      statementCount: watch.statementCount,
      close: async () => void (pool.ended || (await pool.end())),
    };
  },
};

const pgClient: DriverHandle = {
  name: "pg.Client",
  dialect: "postgres",
  opens: "url",
  async open(url, { onStatement } = {}) {
    const watch = watchStatements(onStatement);
    const client = new (watchedPgClient(watch))({ connectionString: url });
    // An application must listen for the end of its connection, or die of it.
    client.on("error", ignoreError);
    await client.connect();
    let ended = false;
    return {
      dialect: "postgres",
      database: client,
      oneConnection: true,
      query: async (text) => (await client.query<HostRow>(text)).rows,
      inTransaction: (steps) => inPgTransaction(client, steps),
      statementCount: watch.statementCount,
      async close() {
        if (ended) return;
        ended = true;
        await client.end();
      },
    };
  },
};

async function inPgTransaction<T>(
  client: pg.ClientBase,
  steps: (transaction: HostTransaction) => TransactionSteps<T>,
): Promise<T> {
  const query = async (text: string): Promise<HostRow[]> => (await client.query(text)).rows;
  await client.query("begin");
  try {
    const value = await runSteps(steps({ handle: client, query }));
    await client.query("commit");
    return value;
  } catch (error) {
    await client.query("rollback").catch(ignoreError);
    throw error;
  }
}

const betterSqlite3: DriverHandle = {
  name: "better-sqlite3",
  dialect: "sqlite",
  opens: "path",
  async open(path, { onStatement } = {}) {
    const { note, statementCount } = watchStatements(onStatement);
    const database = new Database(path, { verbose: (text) => note(String(text)) });
    const query = (text: string): HostRow[] => {
      const statement = database.prepare<[], HostRow>(text);
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
        database.transaction(() => runStepsAtOnce(steps({ handle: database, query })))(),
      statementCount,
      close: async () => void database.close(),
    };
  },
};

/** Every handle that can be lent, for tests that hold for all of them. */
export const driverHandles: readonly DriverHandle[] = [
  pgPool,
  pgClient,
  betterSqlite3,
  ...postgresDriverHandles,
  ...sqliteDriverHandles,
  ...queryBuilderHandles,
];

/** @throws Error if there is no such driver */
export function driverHandle(name: string): DriverHandle {
  const found = driverHandles.find((handle) => handle.name === name);
  if (found === undefined) throw new Error(`test/support/driver-handles.ts lists no ${name}`);
  return found;
}
