import { connect, type ConnectOptions } from "./connect.ts";
import type { Database } from "./database.ts";
import { openSqliteFileReadOnly } from "./drivers/open-sqlite-file.ts";

/** A database that was opened to be looked at. */
export interface ReadOnlyDatabase {
  readonly database: Database;
  close(): Promise<void>;
}

/**
 * Opens a SQLite file that exists, on a handle of its own, and changes nothing about it: where `connect` puts a file
 * it opens into WAL mode, this leaves its mode as it is, and refuses writes.
 * @throws AuthError `driver_missing`, `database_unavailable`
 */
export async function connectReadOnly(path: string, options: ConnectOptions): Promise<ReadOnlyDatabase> {
  const handle = await openSqliteFileReadOnly(path);
  const database: Database = await connect(handle, options);
  return {
    database,
    async close() {
      await database.close();
      handle.close();
    },
  };
}
