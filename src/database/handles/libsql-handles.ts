import { AuthError } from "../../errors.ts";
import type { BetterSqlite3Database } from "../drivers/better-sqlite3.ts";
import type { SyncDriver } from "../drivers/driver.ts";
import { noAnswer, withForeignKeys } from "../drivers/foreign-keys.ts";
import { askFiles, notLocal, requireLocalFile } from "../drivers/libsql-local.ts";
import type { LibsqlClient, LibsqlTransaction } from "../drivers/libsql-transaction.ts";
import { libsqlDriver } from "../drivers/libsql.ts";
import type { HandleKind } from "./handle-kind.ts";

export const libsqlHandles: HandleKind = {
  databases: [
    {
      words: "a libsql Database",
      recognises: isDatabase,
      open: async (handle) => openDatabase(handle as BetterSqlite3Database),
    },
    {
      words: "a Client of @libsql/client",
      recognises: isClient,
      async open(handle, deadlines) {
        const client = handle as LibsqlClient;
        if (client.protocol !== "file") throw notLocal();
        const { openLibsqlClient } = await import("../drivers/libsql-client.ts");
        return openLibsqlClient(client, deadlines);
      },
    },
  ],
  transactions: [
    {
      words: "a libsql Database inside db.transaction(() => ...)",
      recognises: isDatabase,
      join: (handle) => libsqlDriver(handle as BetterSqlite3Database),
    },
    {
      words: "a Transaction of @libsql/client",
      recognises: isTransaction,
      async join(handle) {
        const { joinLibsqlTransaction } = await import("../drivers/libsql-client.ts");
        return joinLibsqlTransaction(handle as LibsqlTransaction);
      },
    },
  ],
};

/** better-sqlite3's members, and replication besides. */
function isDatabase(handle: object): boolean {
  return "inTransaction" in handle && "prepare" in handle && "pragma" in handle && "syncUntil" in handle;
}

function isClient(handle: object): boolean {
  return (
    "execute" in handle && "executeMultiple" in handle && "transaction" in handle && "protocol" in handle
  );
}

function isTransaction(handle: object): boolean {
  return "execute" in handle && "executeMultiple" in handle && "commit" in handle && "closed" in handle;
}

function openDatabase(handle: BetterSqlite3Database): SyncDriver {
  const driver = libsqlDriver(handle);
  if (!driver.open) return driver;
  try {
    if (handle.prepare(askFiles.text) instanceof Promise) {
      throw new AuthError("unsupported_handle", {
        message: "Handles of libsql/promise cannot be lent; take libsql, or a Client of @libsql/client",
      });
    }
    requireLocalFile(driver.query(askFiles.text, askFiles.values));
    return withForeignKeys(driver, "db.pragma('foreign_keys = ON')");
  } catch (cause) {
    throw noAnswer(cause);
  }
}
