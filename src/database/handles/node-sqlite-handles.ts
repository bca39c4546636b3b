import { AuthError } from "../../errors.ts";
import { nodeSqliteDriver, type NodeSqliteDatabase } from "../drivers/node-sqlite.ts";
import type { HandleKind } from "./handle-kind.ts";
import { withForeignKeys } from "../drivers/foreign-keys.ts";

export const nodeSqliteHandles: HandleKind = {
  databases: [
    {
      words: "a DatabaseSync of node:sqlite",
      recognises,
      open: async (handle) =>
        withForeignKeys(nodeSqliteDriver(checked(handle)), "db.exec('PRAGMA foreign_keys = ON')"),
    },
  ],
  transactions: [
    {
      words: "a DatabaseSync of node:sqlite that has begun one",
      recognises,
      join: (handle) => nodeSqliteDriver(checked(handle)),
    },
  ],
};

function recognises(handle: object): boolean {
  return "prepare" in handle && "createSession" in handle && "applyChangeset" in handle;
}

/** Without `isTransaction` nobody could tell our writes from those of a transaction of the application. */
function checked(handle: object): NodeSqliteDatabase {
  if ("isTransaction" in handle) return handle as NodeSqliteDatabase;
  throw new AuthError("unsupported_handle", {
    message:
      "node:sqlite tells of open transactions from Node 22.16 on; run on that, or lend a better-sqlite3 handle",
  });
}
