import { betterSqlite3Driver, type BetterSqlite3Database } from "./better-sqlite3.ts";
import type { DriverResult, SyncDriver } from "./driver.ts";

const transactionControl = /^\s*(begin|commit|rollback|savepoint|release)\b/i;
const onlyReads = /^\s*(select|pragma)\b/i;
const nothing: DriverResult = { rows: [], rowCount: 0, command: "" };

/**
 * libsql's Database has better-sqlite3's members, and a fault of its own: a prepared statement that found the file
 * locked stays under way until it is run again or collected as garbage, and every COMMIT on the handle, the
 * application's too, is refused meanwhile ("SQL statements in progress"). What can meet a lock goes through `exec`,
 * which leaves nothing behind: BEGIN IMMEDIATE and COMMIT, with a lone write between them.
 */
export function libsqlDriver(handle: BetterSqlite3Database): SyncDriver {
  const driver = betterSqlite3Driver(handle);

  function inTransaction(text: string, values: readonly unknown[]): DriverResult {
    handle.exec("begin immediate");
    try {
      const result = driver.query(text, values);
      handle.exec("commit");
      return result;
    } catch (error) {
      if (handle.inTransaction) handle.exec("rollback");
      throw error;
    }
  }

  return {
    mode: "sync",
    name: "libsql",
    dialect: "sqlite",
    native: handle,
    get inTransaction() {
      // Asked of a closed handle, it ends the process.
      return handle.open && handle.inTransaction;
    },
    get open() {
      return handle.open;
    },
    query(text, values) {
      if (transactionControl.test(text)) {
        handle.exec(text);
        return nothing;
      }
      const alone = !handle.inTransaction && !onlyReads.test(text);
      return alone ? inTransaction(text, values) : driver.query(text, values);
    },
  };
}
