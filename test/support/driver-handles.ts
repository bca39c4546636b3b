import Database from "better-sqlite3";
import pg from "pg";
import {
  runSteps,
  runStepsAtOnce,
  type HostDatabase,
  type HostRow,
  type HostTransaction,
  type TransactionSteps,
} from "wispy-auth/testing";
import { postgresDriverHandles } from "./postgres-driver-handles.ts";
import { queryBuilderHandles } from "./query-builder-handles.ts";
import { sqliteDriverHandles } from "./sqlite-driver-handles.ts";

/** A driver whose handles an application may lend, and how an application opens one. */
export interface DriverHandle {
  /** As a developer calls it: "pg.Pool". */
  readonly name: string;
  readonly dialect: "postgres" | "sqlite";
  /** What `open` needs: the URL of a PostgreSQL database, the path of a SQLite file, or nothing. */
  readonly opens: "url" | "path" | "nothing";
  /** `max`: connections of the application's pool, where there is one. Default 4. */
  open(address: string, options?: { readonly max?: number }): Promise<HostDatabase>;
}

const pgPool: DriverHandle = {
  name: "pg.Pool",
  dialect: "postgres",
  opens: "url",
  async open(url, { max = 4 } = {}) {
    let statements = 0;
    class CountingClient extends pg.Client {
      override query(...sent: unknown[]): never {
        statements += 1;
        return super.query(...(sent as [string])) as never;
      }
    }
    const pool = new pg.Pool({ connectionString: url, max, Client: CountingClient as typeof pg.Client });
    // An application must listen for the end of idle connections, or die of it.
    pool.on("error", () => undefined);
    return {
      dialect: "postgres",
      database: pool,
      query: async (text) => (await pool.query<HostRow>(text)).rows,
      async inTransaction(steps) {
        const client = await pool.connect();
        try {
          return await inPgTransaction(client, steps);
        } finally {
          client.release();
        }
      },
      statementCount: () => statements,
      close: async () => void (pool.ended || (await pool.end())),
    };
  },
};

const pgClient: DriverHandle = {
  name: "pg.Client",
  dialect: "postgres",
  opens: "url",
  async open(url) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    let ended = false;
    return {
      dialect: "postgres",
      database: client,
      oneConnection: true,
      query: async (text) => (await client.query<HostRow>(text)).rows,
      inTransaction: (steps) => inPgTransaction(client, steps),
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
    await client.query("rollback");
    throw error;
  }
}

const betterSqlite3: DriverHandle = {
  name: "better-sqlite3",
  dialect: "sqlite",
  opens: "path",
  async open(path) {
    let statements = 0;
    const count = (text?: unknown): void => {
      if (!String(text).startsWith("PRAGMA")) statements += 1;
    };
    const database = new Database(path, { verbose: count });
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
      statementCount: () => statements,
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
