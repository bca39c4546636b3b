import { AuthError } from "../../errors.ts";
import type { JoinedConnection } from "../drivers/driver.ts";
import type { PostgresJsPool } from "../drivers/postgres-js.ts";
import type { PostgresJsTransaction } from "../drivers/postgres-js-transaction.ts";
import type { HandleKind } from "./handle-kind.ts";

export const postgresJsHandles: HandleKind = {
  databases: [
    {
      words: "the `sql` of postgres.js",
      recognises: (handle) => isSql(handle) && "begin" in handle,
      async open(handle, deadlines) {
        const { postgresJsDriver } = await import("../drivers/postgres-js.ts");
        return postgresJsDriver(handle as PostgresJsPool, deadlines);
      },
    },
  ],
  transactions: [
    { words: "the `sql` that postgres.js hands the callback of sql.begin()", recognises: isSql, join },
  ],
};

function isSql(handle: object): boolean {
  return typeof handle === "function" && "unsafe" in handle && "typed" in handle;
}

/** The callback's `sql` alone can make savepoints. The others send each statement on its own. */
async function join(handle: object): Promise<JoinedConnection> {
  if (!("savepoint" in handle)) {
    throw new AuthError("transaction_required", {
      message: "auth.within() takes the `sql` that sql.begin() hands its callback",
    });
  }
  const { joinPostgresJs } = await import("../drivers/postgres-js-join.ts");
  return joinPostgresJs(handle as PostgresJsTransaction);
}
