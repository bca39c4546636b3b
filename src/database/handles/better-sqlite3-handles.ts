import { betterSqlite3Driver, type BetterSqlite3Database } from "../drivers/better-sqlite3.ts";
import type { HandleKind } from "./handle-kind.ts";
import { withForeignKeys } from "../drivers/foreign-keys.ts";

export const betterSqlite3Handles: HandleKind = {
  databases: [
    {
      words: "a better-sqlite3 Database",
      recognises,
      open: async (handle) =>
        withForeignKeys(
          betterSqlite3Driver(handle as BetterSqlite3Database),
          "db.pragma('foreign_keys = ON')",
        ),
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

/** libsql's Database has the same members, and `syncUntil` besides. */
function recognises(handle: object): boolean {
  return (
    "inTransaction" in handle &&
    "prepare" in handle &&
    "pragma" in handle &&
    "memory" in handle &&
    !("syncUntil" in handle)
  );
}
