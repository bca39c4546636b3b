import Database from "better-sqlite3";
import pg from "pg";
import type { DialectName } from "../../src/database/database.ts";

export type HostRow = Readonly<Record<string, unknown>>;

/** The application's side of a test: the handle it lends, and its own statements on it. */
export interface TestHost {
  readonly dialect: DialectName;
  /** What `createAuth({ database })` takes: a `pg.Pool` or a better-sqlite3 `Database`. */
  readonly native: pg.Pool | Database.Database;
  /** `native`, for a test that is about PostgreSQL alone; throws on SQLite. */
  readonly pool: pg.Pool;
  /** `native`, for a test that is about SQLite alone; throws on PostgreSQL. */
  readonly sqlite: Database.Database;
  /** Runs one statement; parameters are written $1, $2, … for both. Rows as the driver gives them, or []. */
  query(text: string, values?: readonly unknown[]): Promise<readonly HostRow[]>;
  /** Closes the handle; safe to call again. Called for you when the suite ends. */
  close(): Promise<void>;
}

/** A `pg.Pool` as an application would make it. */
export function openPostgresHost(url: string, options: pg.PoolConfig = {}): TestHost {
  const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: 10_000, ...options });
  // An application must listen for the end of idle connections, or die of it.
  pool.on("error", () => undefined);
  let closed: Promise<void> | undefined;
  return {
    dialect: "postgres",
    native: pool,
    pool,
    get sqlite(): never {
      throw new Error("This host is PostgreSQL.");
    },
    query: async (text, values = []) => (await pool.query<HostRow>(text, [...values])).rows,
    close: () => (closed ??= pool.ended ? Promise.resolve() : pool.end()),
  };
}

/** A better-sqlite3 handle as an application would make it. */
export function openSqliteHost(path: string): TestHost {
  const database = new Database(path);
  return {
    dialect: "sqlite",
    native: database,
    sqlite: database,
    get pool(): never {
      throw new Error("This host is SQLite.");
    },
    query: async (text, values = []) => {
      const ordered: unknown[] = [];
      const positional = text.replaceAll(/\$(\d+)/g, (_match, number: string) => {
        ordered.push(values[Number(number) - 1]);
        return "?";
      });
      const prepared = database.prepare<unknown[], HostRow>(positional);
      if (prepared.reader) return prepared.all(...ordered);
      prepared.run(...ordered);
      return [];
    },
    close: async () => void database.close(),
  };
}
