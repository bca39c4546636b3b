import type { BetterSqlite3Database } from "./drivers/better-sqlite3.ts";
import { AuthError } from "../errors.ts";
import { connect, type ConnectOptions } from "./connect.ts";
import type { Database } from "./database.ts";

/** A database that was opened to be looked at. */
export interface ReadOnlyDatabase {
  readonly database: Database;
  close(): Promise<void>;
}

/**
 * Opens a SQLite file that exists, on a handle of its own, and changes nothing about it: where `connect` puts a file
 * it opens into WAL mode, this leaves its mode as it is, and refuses writes.
 * @throws AuthError `database_unavailable`, and what `connect` throws
 */
export async function connectReadOnly(path: string, options: ConnectOptions): Promise<ReadOnlyDatabase> {
  const Sqlite = await importSqlite();
  if (Sqlite === null) {
    const database = await connect(`sqlite:${path}`, options);
    return { database, close: () => database.close() };
  }
  const handle = openFile(Sqlite, path);
  const database = await connect(handle, options);
  return {
    database: database as Database,
    async close() {
      await database.close();
      handle.close();
    },
  };
}

type Constructor = new (path: string, options: object) => BetterSqlite3Database;

async function importSqlite(): Promise<Constructor | null> {
  try {
    return (await import("better-sqlite3")).default as unknown as Constructor;
  } catch {
    return null;
  }
}

function openFile(Sqlite: Constructor, path: string): BetterSqlite3Database {
  try {
    // Not `readonly`: a handle that is leaves the files of WAL mode behind, where this one, being last, removes them.
    const handle = new Sqlite(path, { fileMustExist: true, timeout: 1000 });
    handle.pragma("query_only = ON");
    return handle;
  } catch (cause) {
    throw new AuthError("database_unavailable", {
      message: "The SQLite file cannot be opened; it must be a SQLite database",
      cause,
    });
  }
}
