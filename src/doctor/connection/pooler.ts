import type { Database } from "../../database/database.ts";
import { sqlState } from "../../database/dialects/postgres-errors.ts";
import type { TransactionScript } from "../../database/script.ts";
import { ok, type Check, type Found } from "../check.ts";

const looks = 10;

/** What is between us and the server, and whether our transactions can pass it. */
export const pooler: Check = {
  id: "pooler",
  title: "Whether a pooler stands in between, and in which mode",
  dialects: ["postgres"],
  async run({ database }) {
    switch (database.stats().pooler) {
      case "none":
        return ok("The connection is direct: no pooler stands in between");
      case "undetermined":
        return [
          {
            severity: "info",
            message: "The driver does not tell whether a pooler stands in between",
            data: { pooler: "undetermined" },
          },
        ];
      case "present":
        return [await describeMode(database)];
    }
  },
};

async function describeMode(database: Database): Promise<Found> {
  if (await refusesTransactions(database)) {
    return {
      severity: "error",
      message: "A pooler stands in between in statement mode: it refuses every transaction",
      fix: "Set pool_mode = transaction (or session) for this database in the pooler",
      data: { pooler: "present", mode: "statement" },
    };
  }
  const servers = new Set<number>();
  for (let look = 0; look < looks; look += 1) {
    const rows = await database.inspect("select pg_backend_pid() as pid");
    servers.add(Number(rows[0]![0]));
  }
  // Fewer connections of ours than of the server's that answered: one of ours was handed on between statements.
  const moved = servers.size > database.stats().connections.open;
  return {
    severity: "info",
    message: moved
      ? "A pooler stands in between, in transaction mode: one connection was answered by several server processes"
      : "A pooler stands in between; transaction or session mode does not show, as one server process answered each time",
    data: { pooler: "present", mode: moved ? "transaction" : "transaction or session" },
  };
}

/** A pooler gives all its faults one code, so a second refusal is asked for, with a statement that passes in between. */
async function refusesTransactions(database: Database): Promise<boolean> {
  if (!(await isTransactionRefused(database))) return false;
  await database.inspect("select pg_backend_pid() as pid");
  return isTransactionRefused(database);
}

async function isTransactionRefused(database: Database): Promise<boolean> {
  const script: TransactionScript<void> = function* (tx) {
    yield* tx.raw("select pg_backend_pid() as pid");
  };
  try {
    await database.transaction(script, { maxAttempts: 1 });
    return false;
  } catch (error) {
    if (sqlState(error) === "08P01") return true;
    throw error;
  }
}
