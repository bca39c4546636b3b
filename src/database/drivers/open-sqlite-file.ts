import { AuthError } from "../../errors.ts";
import { isSqliteBusy } from "../dialects/sqlite-errors.ts";
import { backOff } from "../execution/backoff.ts";
import type { BetterSqlite3Database } from "./better-sqlite3.ts";
import type { NodeSqliteDatabase } from "./node-sqlite.ts";

export type SqliteFile = BetterSqlite3Database | NodeSqliteDatabase;

/**
 * Opens a file, or `:memory:`, with settings of our own: by better-sqlite3, or without it by node:sqlite.
 * @throws AuthError `driver_missing`, `database_unavailable`
 */
export async function openSqliteFile(path: string): Promise<SqliteFile> {
  const open = await findDriver();
  let handle: SqliteFile | undefined;
  try {
    handle = open(path);
    handle.exec("PRAGMA foreign_keys = ON");
    handle.exec("PRAGMA synchronous = FULL");
    await enterWal(handle);
    return handle;
  } catch (cause) {
    handle?.close();
    throw new AuthError("database_unavailable", {
      message: "The SQLite file cannot be opened; its folder must exist, and it must be a SQLite database",
      cause,
    });
  }
}

/**
 * Opens a file that exists to look at it: its journal mode stays what it is, and writes are refused.
 * @throws AuthError `driver_missing`, `database_unavailable`
 */
export async function openSqliteFileReadOnly(path: string): Promise<SqliteFile> {
  const open = await findDriver();
  try {
    // Not opened as read-only: such a handle leaves the files of WAL mode behind, where this one, if last, removes them.
    const handle = open(path);
    handle.exec("PRAGMA query_only = ON");
    return handle;
  } catch (cause) {
    throw new AuthError("database_unavailable", {
      message: "The SQLite file cannot be opened; it must be a SQLite database",
      cause,
    });
  }
}

type Open = (path: string) => SqliteFile;

// A busy handle blocks the whole event loop, so it waits briefly; longer waits are made between attempts.
const options = { timeout: 1000 } as const;

async function findDriver(): Promise<Open> {
  try {
    const { default: Sqlite } = await import("better-sqlite3");
    return (path) => new Sqlite(path, options);
  } catch (cause) {
    const builtIn = findNodeSqlite();
    if (builtIn !== null) return builtIn;
    throw new AuthError("driver_missing", {
      message:
        "A sqlite: URL needs the package better-sqlite3 (npm install better-sqlite3), or Node.js 22.16 or newer",
      cause,
    });
  }
}

interface NodeSqlite {
  readonly DatabaseSync: new (path: string, settings: typeof options) => NodeSqliteDatabase;
}

/** Asked for, not imported: it prints a warning when it is loaded, and this project's oldest Node.js has none. */
function findNodeSqlite(): Open | null {
  const { DatabaseSync } = (process.getBuiltinModule("node:sqlite") ?? {}) as Partial<NodeSqlite>;
  if (DatabaseSync === undefined) return null;
  const open: Open = (path) => new DatabaseSync(path, options);
  const trial = open(":memory:");
  trial.close();
  return "isTransaction" in trial ? open : null;
}

/** Changing the journal mode wants the file alone for a moment, and SQLite does not wait for that by itself. */
async function enterWal(handle: SqliteFile): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      handle.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (!isSqliteBusy(error) || attempt === 50) throw error;
      await backOff(attempt);
    }
  }
}
