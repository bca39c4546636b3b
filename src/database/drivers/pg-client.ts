import { AuthError } from "../../errors.ts";
import { answeredInTime, type Deadlines } from "./deadlines.ts";
import {
  transactionByText,
  type AsyncConnection,
  type AsyncDriver,
  type DriverQuery,
  type DriverResult,
} from "./driver.ts";
import { ended, ignoreError, pgSession, pgTransactionState, type PgClient } from "./pg.ts";
import { turnsOf } from "./turns.ts";

/** Runs statements on one `pg.Client`; our operations take turns on it. */
export function pgClientDriver(client: PgClient, deadlines: Deadlines): AsyncDriver {
  const turns = turnsOf(client);
  return {
    mode: "async",
    name: "pg",
    dialect: "postgres",
    native: client,
    names: true,
    async acquire() {
      const pass = await turns.take(deadlines.acquireMilliseconds);
      try {
        assertUsable(client);
      } catch (error) {
        pass();
        throw error;
      }
      client.on("error", ignoreError);
      return connectionOf(client, {
        statementMilliseconds: deadlines.statementMilliseconds,
        release: (state) => {
          if (state === "reusable") client.removeListener("error", ignoreError);
          pass();
        },
      });
    },
    counts: () => ({ open: 1, idle: turns.idle ? 1 : 0, waiting: turns.waiting, max: 1 }),
    detach: ignoreError,
  };
}

/**
 * The application's own statements run on the same connection, and one that is under way may begin a transaction, or
 * end ours. So each of ours is sent when nothing is under way, and the client tells what it would be part of.
 */
function connectionOf(
  client: PgClient,
  {
    statementMilliseconds,
    release,
  }: Pick<AsyncConnection, "release"> & { readonly statementMilliseconds: number },
): AsyncConnection {
  const session = pgSession(client, statementMilliseconds);
  let begun = false;
  const query = async (sent: DriverQuery): Promise<DriverResult> => {
    await silenceOf(client, statementMilliseconds);
    if (!begun) assertUsable(client);
    else if (pgTransactionState(client) === "none") throw endedByApplication();
    return session.query(sent);
  };
  const { begin, commit, rollback } = transactionByText("postgres", query);
  return {
    ...session,
    query,
    async begin() {
      await begin();
      begun = true;
    },
    commit,
    async rollback() {
      if (pgTransactionState(client) !== "none") await rollback();
    },
    release,
  };
}

/** Waits until what the application has sent is answered. */
async function silenceOf(client: PgClient, statementMilliseconds: number): Promise<void> {
  while (isBusy(client) && !isLost(client)) {
    await answeredInTime(nextSilence(client), { statementMilliseconds });
  }
}

function nextSilence(client: PgClient): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      client.removeListener("drain", done);
      client.removeListener("end", done);
      resolve();
    };
    client.on("drain", done);
    client.on("end", done);
  });
}

/** @throws AuthError `database_closed`, `database_unavailable`, `host_transaction_open` */
function assertUsable(client: PgClient): void {
  if (isEnded(client)) throw ended("client");
  if (isLost(client)) {
    throw new AuthError("database_unavailable", {
      message: "The connection of the application's pg.Client has ended, and it has no other",
    });
  }
  const state = pgTransactionState(client);
  if (state === "open" || state === "failed") {
    throw new AuthError("host_transaction_open", {
      message: "The client is inside a transaction of the application; use auth.within(client) to join it",
    });
  }
}

function endedByApplication(): AuthError {
  return new AuthError("outcome_unknown", {
    message:
      "The application sent COMMIT or ROLLBACK on its pg.Client while a transaction of ours was open on it",
  });
}

/** pg says so by the message of an error alone, and by this field. */
function isEnded(client: PgClient): boolean {
  return (client as { _ending?: unknown })._ending === true;
}

/** Its transaction status stays what it was when the connection ended. */
function isLost(client: PgClient): boolean {
  return (client as { _queryable?: unknown })._queryable === false;
}

function isBusy(client: PgClient): boolean {
  return (client as { readyForQuery?: unknown }).readyForQuery === false;
}
