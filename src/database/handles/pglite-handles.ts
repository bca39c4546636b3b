import { AuthError } from "../../errors.ts";
import type { JoinedConnection } from "../drivers/driver.ts";
import type { PGliteDatabase, PGliteTransaction } from "../drivers/pglite.ts";
import type { HandleKind } from "./handle-kind.ts";

export const pgliteHandles: HandleKind = {
  databases: [
    {
      words: "a PGlite",
      recognises: isDatabase,
      async open(handle, deadlines) {
        const { pgliteDriver } = await import("../drivers/pglite.ts");
        return pgliteDriver(handle as PGliteDatabase, deadlines);
      },
    },
  ],
  transactions: [
    {
      words: "the `tx` that PGlite hands the callback of db.transaction()",
      recognises: (handle) => isTransaction(handle) || isDatabase(handle),
      join,
    },
  ],
};

function isDatabase(handle: object): boolean {
  return "execProtocol" in handle && "isInTransaction" in handle && "_runExclusiveTransaction" in handle;
}

function isTransaction(handle: object): boolean {
  return "exec" in handle && "sql" in handle && "listen" in handle && "rollback" in handle;
}

async function join(handle: object): Promise<JoinedConnection> {
  if (isDatabase(handle)) {
    throw new AuthError("transaction_required", {
      message: "auth.within() takes the `tx` that db.transaction() hands its callback",
    });
  }
  const { joinPGlite } = await import("../drivers/pglite.ts");
  return joinPGlite(handle as PGliteTransaction);
}
