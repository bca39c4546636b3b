import { AuthError } from "../../errors.ts";
import {
  transactionByText,
  type AsyncConnection,
  type DriverQuery,
  type DriverResult,
  type JoinedConnection,
  type SyncDriver,
} from "./driver.ts";
import { coded } from "./uncoded-errors.ts";

const rollbackAttempts = 3;

/**
 * A synchronous handle as one connection of a package that lends it to one user at a time, for many ticks if need be.
 * @throws AuthError `host_transaction_open` when it was given back in the middle of a transaction
 */
export function asyncOverSync(driver: SyncDriver, giveBack: () => void): AsyncConnection {
  if (driver.inTransaction) {
    giveBack();
    throw new AuthError("host_transaction_open", {
      message: "The application left a transaction open on its SQLite connection; end it, or join it",
    });
  }
  const query = queryOf(driver);
  let begun = false;
  const { begin, commit, rollback } = transactionByText("sqlite", query);
  return {
    session: driver,
    announcedPid: null,
    query,
    async begin() {
      await begin();
      begun = true;
    },
    commit,
    rollback,
    release() {
      // Left open, our transaction would swallow whatever the application writes next.
      for (let attempt = 1; begun && driver.inTransaction && attempt <= rollbackAttempts; attempt += 1) {
        try {
          driver.query("rollback", []);
        } catch {
          // The error that brought us here is the one to tell of.
        }
      }
      giveBack();
    },
  };
}

/** The transaction of such a user. */
export function joinOverSync(driver: SyncDriver): JoinedConnection {
  return {
    mode: "async",
    dialect: "sqlite",
    state: () => (driver.inTransaction ? "open" : "none"),
    query: queryOf(driver),
  };
}

function queryOf(driver: SyncDriver): (query: DriverQuery) => Promise<DriverResult> {
  return async ({ text, values }) => {
    try {
      return driver.query(text, values);
    } catch (error) {
      throw coded(error);
    }
  };
}
