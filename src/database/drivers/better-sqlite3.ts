import type { SyncDriver } from "./driver.ts";

/** The parts of a better-sqlite3 `Statement` that are used. */
interface BetterSqlite3Statement {
  readonly reader: boolean;
  raw(toggle: boolean): BetterSqlite3Statement;
  safeIntegers(toggle: boolean): BetterSqlite3Statement;
  all(values: readonly unknown[]): unknown[];
  run(values: readonly unknown[]): { readonly changes: number };
}

/** The parts of a better-sqlite3 `Database` that are used. */
export interface BetterSqlite3Database {
  readonly open: boolean;
  readonly inTransaction: boolean;
  readonly memory: boolean;
  exec(text: string): unknown;
  prepare(text: string): unknown;
  pragma(text: string): unknown;
  close(): unknown;
}

/** Keeps prepared statements per handle: preparing again costs about six times the execution of a lookup. */
export function betterSqlite3Driver(handle: BetterSqlite3Database): SyncDriver {
  const statements = new Map<string, BetterSqlite3Statement>();

  function prepared(text: string): BetterSqlite3Statement {
    const known = statements.get(text);
    if (known) return known;
    const made = handle.prepare(text) as BetterSqlite3Statement;
    // Whatever the application chose by `defaultSafeIntegers` for its own statements.
    made.safeIntegers(false);
    if (made.reader) made.raw(true);
    // Schema changes and transaction control run once; caching them would only hold memory.
    if (/^\s*(select|insert|update|delete|with|begin|commit|rollback)\b/i.test(text))
      statements.set(text, made);
    return made;
  }

  return {
    mode: "sync",
    name: "better-sqlite3",
    dialect: "sqlite",
    native: handle,
    get inTransaction() {
      return handle.inTransaction;
    },
    get open() {
      return handle.open;
    },
    query(text, values) {
      try {
        const statement = prepared(text);
        if (statement.reader) {
          const rows = statement.all(values) as unknown[][];
          return { rows, rowCount: rows.length, command: "" };
        }
        return { rows: [], rowCount: statement.run(values).changes, command: "" };
      } catch (error) {
        throw isIterating(error) ? Object.assign(error, { code: "SQLITE_BUSY_ITERATING" }) : error;
      }
    },
  };
}

/**
 * While the application goes through rows by `iterate()`, which it may do over many ticks, better-sqlite3 refuses
 * every write on the handle. It is no error of SQLite, but it means the same as SQLITE_BUSY: nothing happened, later
 * it will. It has no code.
 */
function isIterating(error: unknown): error is TypeError {
  return error instanceof TypeError && error.message.startsWith("This database connection is busy");
}
