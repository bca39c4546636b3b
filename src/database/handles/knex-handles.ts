import { AuthError } from "../../errors.ts";
import { withForeignKeysLater } from "../drivers/foreign-keys.ts";
import type { KnexDatabase } from "../drivers/knex.ts";
import type { HandleKind } from "./handle-kind.ts";

export const knexHandles: HandleKind = {
  databases: [
    {
      words: "a Knex with the client pg or better-sqlite3",
      recognises,
      async open(handle, deadlines) {
        const knex = handle as KnexDatabase;
        if (knex.isTransaction === true) {
          throw new AuthError("unsupported_handle", {
            message: "`database` takes the Knex itself; a transaction of it goes to auth.within()",
          });
        }
        requireClient(knex);
        const { knexDriver } = await import("../drivers/knex.ts");
        const driver = knexDriver(knex, deadlines);
        return driver.dialect === "sqlite"
          ? withForeignKeysLater(driver, "PRAGMA foreign_keys = ON")
          : driver;
      },
    },
  ],
  transactions: [
    {
      words: "a Knex.Transaction",
      recognises,
      join(handle) {
        const transaction = handle as KnexDatabase;
        if (transaction.isTransaction !== true) {
          throw new AuthError("transaction_required", {
            message: "auth.within() takes the `trx` of knex.transaction(async (trx) => ...)",
          });
        }
        requireClient(transaction);
        return import("../drivers/knex.ts").then(({ joinKnex }) => joinKnex(transaction));
      },
    },
  ],
};

function recognises(handle: object): boolean {
  return (
    typeof handle === "function" &&
    "client" in handle &&
    "transactionProvider" in handle &&
    "batchInsert" in handle
  );
}

const clients = ["pg", "better-sqlite3"];

function requireClient({ client }: KnexDatabase): void {
  if (clients.includes(client.driverName)) return;
  throw new AuthError("unsupported_handle", {
    message: `Of Knex, the clients ${clients.join(" and ")} can be lent, and this one is ${client.driverName}`,
  });
}
