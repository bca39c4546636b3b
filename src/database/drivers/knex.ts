import { AuthError } from "../../errors.ts";
import { asyncOverSync, joinOverSync } from "./async-over-sync.ts";
import { betterSqlite3Driver, type BetterSqlite3Database } from "./better-sqlite3.ts";
import { acquiredInTime, type Deadlines } from "./deadlines.ts";
import type { AsyncConnection, AsyncDriver, JoinedConnection, SyncDriver } from "./driver.ts";
import { joinPgClient, pgSession, pgTransactionState, type PgClient } from "./pg.ts";
import { coded } from "./uncoded-errors.ts";

/** The parts of a `Knex`, or of a `Knex.Transaction`, that are used. */
export interface KnexDatabase {
  readonly client: {
    readonly driverName: string;
    /** None before the first connection is configured, and none after `destroy()`. */
    readonly pool: Partial<KnexPool> | undefined;
    acquireConnection(): Promise<object>;
    releaseConnection(connection: object): Promise<void>;
  };
  /** Of a transaction. */
  readonly isTransaction?: boolean;
  isCompleted?(): boolean;
}

interface KnexPool {
  readonly max: number;
  numUsed(): number;
  numFree(): number;
  numPendingAcquires(): number;
}

/** A connection of Knex; once it is disposed of, Knex ends it instead of lending it again. */
type KnexConnection = (BetterSqlite3Database | (PgClient & { end(): Promise<void> })) & {
  __knex__disposed?: unknown;
};

const ignoreError = (): void => undefined;

/** Runs statements on connections that Knex's pool lends: those of pg, or the one of better-sqlite3. */
export function knexDriver(knex: KnexDatabase, deadlines: Deadlines): AsyncDriver {
  const { client } = knex;
  const sqlite = client.driverName === "better-sqlite3";
  const drivers = new WeakMap<object, SyncDriver>();
  const giveBack = (connection: object): void => void client.releaseConnection(connection).catch(ignoreError);
  return {
    mode: "async",
    name: `knex (${client.driverName})`,
    dialect: sqlite ? "sqlite" : "postgres",
    native: knex,
    names: !sqlite,
    async acquire() {
      for (;;) {
        const connection = await checkOut(knex, { ...deadlines, giveBack });
        if (isSqlite(connection)) {
          const driver = drivers.get(connection) ?? betterSqlite3Driver(connection);
          drivers.set(connection, driver);
          return asyncOverSync(driver, () => giveBack(connection));
        }
        const lent = leaseOf(connection, { ...deadlines, giveBack });
        const state = pgTransactionState(connection);
        if (state === "none" || state === "unknown") return lent;
        // Given back in the middle of a transaction: what we wrote there would be lost with it.
        lent.release("broken");
      }
    },
    counts: () => countsOf(client.pool),
    detach: ignoreError,
  };
}

/** Runs statements on the connection of a transaction. */
export async function joinKnex(transaction: KnexDatabase): Promise<JoinedConnection> {
  const connection = (await transaction.client.acquireConnection()) as KnexConnection;
  const joined = isSqlite(connection)
    ? joinOverSync(betterSqlite3Driver(connection))
    : joinPgClient(connection);
  // Knex has the connection back by then, and may have lent it to somebody else.
  const state = (): ReturnType<JoinedConnection["state"]> =>
    transaction.isCompleted?.() === true ? "none" : joined.state();
  return { ...joined, state };
}

/** @throws AuthError `connection_timeout`, `database_closed` */
async function checkOut(
  { client }: KnexDatabase,
  { acquireMilliseconds, giveBack }: Deadlines & { readonly giveBack: (connection: object) => void },
): Promise<KnexConnection> {
  if (client.pool === undefined) {
    throw new AuthError("database_closed", { message: "The application's Knex was destroyed" });
  }
  try {
    const pending = client.acquireConnection();
    return (await acquiredInTime(pending, { milliseconds: acquireMilliseconds, giveBack })) as KnexConnection;
  } catch (error) {
    throw isTimeout(error)
      ? new AuthError("connection_timeout", {
          message: "No connection became free within Knex's own acquireConnectionTimeout",
          cause: error,
        })
      : coded(error);
  }
}

function leaseOf(
  connection: KnexConnection & PgClient & { end(): Promise<void> },
  { statementMilliseconds, giveBack }: Deadlines & { readonly giveBack: (connection: object) => void },
): AsyncConnection {
  // Knex listens itself on connections that it made, though not on those of a pool that it was given.
  connection.on("error", ignoreError);
  return {
    ...pgSession(connection, statementMilliseconds),
    release(state) {
      if (state === "reusable") {
        connection.removeListener("error", ignoreError);
      } else {
        connection.__knex__disposed = "wispy-auth: the connection cannot be used again";
        void connection.end().catch(ignoreError);
      }
      giveBack(connection);
    },
  };
}

function isSqlite(connection: KnexConnection): connection is BetterSqlite3Database {
  return "pragma" in connection;
}

/** tarn's numbers; around a pool of pg, which Knex takes too, there are none. */
function countsOf(pool: Partial<KnexPool> | undefined): ReturnType<AsyncDriver["counts"]> {
  const idle = pool?.numFree?.() ?? 0;
  return {
    open: idle + (pool?.numUsed?.() ?? 0),
    idle,
    waiting: pool?.numPendingAcquires?.() ?? 0,
    max: pool?.max ?? 0,
  };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "KnexTimeoutError";
}
