import { AuthError } from "../../errors.ts";
import { betterSqlite3Driver, type BetterSqlite3Database } from "../drivers/better-sqlite3.ts";
import type { HandleKind } from "./handle-kind.ts";

export const betterSqlite3Handles: HandleKind = {
  databases: [
    {
      words: "a better-sqlite3 Database",
      recognises,
      async open(handle) {
        const database = handle as BetterSqlite3Database;
        if (database.open && Number(database.pragma("foreign_keys", { simple: true })) !== 1) {
          throw new AuthError("configuration_invalid", {
            message:
              "Foreign keys are off on this SQLite handle; run db.pragma('foreign_keys = ON') before createAuth",
          });
        }
        return betterSqlite3Driver(database);
      },
    },
  ],
  transactions: [
    {
      words: "a better-sqlite3 Database inside db.transaction(() => ...)",
      recognises,
      join: (handle) => betterSqlite3Driver(handle as BetterSqlite3Database),
    },
  ],
};

function recognises(handle: object): boolean {
  return "inTransaction" in handle && "prepare" in handle && "pragma" in handle && "memory" in handle;
}
