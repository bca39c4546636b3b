import { existsSync } from "node:fs";
import { AuthError } from "../../errors.ts";
import { betterSqlite3Driver, type BetterSqlite3Database } from "../drivers/better-sqlite3.ts";
import type { AsyncDriver, DriverResult, SyncDriver } from "../drivers/driver.ts";
import { noAnswer, withForeignKeys, withForeignKeysLater } from "../drivers/foreign-keys.ts";
import type { LibsqlClient, LibsqlTransaction } from "../drivers/libsql-client.ts";
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
        const { libsqlClientDriver } = await import("../drivers/libsql-client.ts");
        return openClient(libsqlClientDriver(client, deadlines));
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

function libsqlDriver(handle: BetterSqlite3Database): SyncDriver {
  return betterSqlite3Driver(handle, "libsql");
}

const askFiles = { text: "PRAGMA database_list", values: [] } as const;

function openDatabase(handle: BetterSqlite3Database): SyncDriver {
  if (handle.open && handle.prepare("PRAGMA foreign_keys") instanceof Promise) {
    throw new AuthError("unsupported_handle", {
      message: "Handles of libsql/promise cannot be lent; take libsql, or a Client of @libsql/client",
    });
  }
  const driver = libsqlDriver(handle);
  try {
    if (driver.open) requireLocalFile(driver.query(askFiles.text, askFiles.values));
    return withForeignKeys(driver, "db.pragma('foreign_keys = ON')");
  } catch (cause) {
    throw noAnswer(cause);
  }
}

async function openClient(driver: AsyncDriver): Promise<AsyncDriver> {
  const connection = await driver.acquire();
  try {
    requireLocalFile(await connection.query(askFiles));
  } catch (cause) {
    throw noAnswer(cause);
  } finally {
    connection.release("reusable");
  }
  return withForeignKeysLater(driver, "PRAGMA foreign_keys = ON");
}

/**
 * What a remote server or a replica's primary guarantees cannot be seen from here: whether foreign keys hold there,
 * how long it keeps a transaction open, what a lost connection has left behind.
 * @throws AuthError `unsupported_handle`
 */
function requireLocalFile({ rows }: DriverResult): void {
  const [, , file] = rows.find(([, name]) => name === "main") ?? [];
  // In memory there is none.
  if (typeof file !== "string" || file === "") return;
  const replica = replicaFiles.some((suffix) => existsSync(file + suffix));
  if (replica || !existsSync(file)) throw notLocal();
}

/** What libSQL keeps beside the file of a replica. */
const replicaFiles = ["-client_wal_index", "-info"];

function notLocal(): AuthError {
  return new AuthError("unsupported_handle", {
    message:
      "Of libSQL, local databases can be lent: a file or memory, no remote server and no embedded replica",
  });
}
