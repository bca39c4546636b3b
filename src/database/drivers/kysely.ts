import { AuthError } from "../../errors.ts";
import type { DialectName } from "../database.ts";
import { acquiredInTime, answeredInTime, type Deadlines } from "./deadlines.ts";
import {
  transactionByText,
  type AsyncConnection,
  type AsyncDriver,
  type ConnectionCounts,
  type DriverQuery,
  type DriverResult,
  type JoinedConnection,
  type TransactionState,
} from "./driver.ts";
import { withOwnTransactions } from "./own-transactions.ts";
import { park, type Parked } from "./park.ts";
import { coded } from "./uncoded-errors.ts";

/** The parts of a `Kysely`, or of a `Transaction`, that are used. */
export interface KyselyDatabase {
  readonly isTransaction: boolean;
  /** Of a `ControlledTransaction`. */
  readonly isCommitted?: boolean;
  readonly isRolledBack?: boolean;
  withoutPlugins(): KyselyDatabase;
  connection(): { execute(callback: (connection: KyselyDatabase) => Promise<void>): Promise<void> };
  executeQuery(
    query: object,
  ): Promise<{ readonly rows: readonly object[]; readonly numAffectedRows?: bigint }>;
}

const ignoreError = (): void => undefined;

/**
 * Runs statements through a `Kysely`, one of its connections for each operation. Which driver is underneath it keeps
 * to itself, so that statements go unnamed.
 */
export function kyselyDriver(
  database: KyselyDatabase,
  { dialect, deadlines }: { readonly dialect: DialectName; readonly deadlines: Deadlines },
): AsyncDriver {
  // Plugins rename columns and change values: ours are none of their business.
  const plain = database.withoutPlugins();
  const counts = { held: 0, waiting: 0 };
  return {
    mode: "async",
    name: "kysely",
    dialect,
    native: database,
    names: false,
    async acquire() {
      counts.waiting += 1;
      try {
        const lent = park<KyselyDatabase>((callback) => plain.connection().execute(callback));
        const connection = await acquiredInTime(lent, {
          milliseconds: deadlines.acquireMilliseconds,
          giveBack: (late) => void late.end().catch(ignoreError),
        });
        counts.held += 1;
        const lease = leaseOf(connection, { dialect, deadlines, ended: () => (counts.held -= 1) });
        return dialect === "sqlite" ? withOwnTransactions(lease) : lease;
      } catch (error) {
        throw coded(error);
      } finally {
        counts.waiting -= 1;
      }
    },
    counts: () => countsOf(dialect, counts),
    detach: ignoreError,
  };
}

/** Runs statements in a transaction of the application. */
export function joinKysely(transaction: KyselyDatabase, dialect: DialectName): JoinedConnection {
  const plain = transaction.withoutPlugins();
  return {
    mode: "async",
    dialect,
    state: () => stateOf(transaction),
    query: (query) => send(plain, query),
  };
}

function leaseOf(
  lent: Parked<KyselyDatabase>,
  {
    dialect,
    deadlines: { statementMilliseconds },
    ended,
  }: { readonly dialect: DialectName; readonly deadlines: Deadlines; readonly ended: () => void },
): AsyncConnection {
  let last: Promise<unknown> = Promise.resolve();
  let unfinished = false;
  const query = (sent: DriverQuery): Promise<DriverResult> => {
    const answer = send(lent.value, sent);
    last = answer.catch(ignoreError);
    return answeredInTime(answer, { statementMilliseconds, patient: sent.patient });
  };
  const { begin, commit, rollback } = transactionByText(dialect, query);
  /**
   * Kysely has no way to discard a connection. Before a broken one goes back, its last answer is awaited, and a
   * transaction that may still be open on it is rolled back: the next user would inherit both.
   */
  const cleanUp = async (): Promise<void> => {
    await last;
    if (unfinished) await send(lent.value, { text: "rollback", values: [] }).catch(ignoreError);
  };
  return {
    session: lent,
    announcedPid: null,
    query,
    async begin() {
      // Refused, there is none of ours; without an answer there may be.
      await begin().catch((error: unknown) => {
        unfinished = isLate(error);
        throw error;
      });
      unfinished = true;
    },
    async commit() {
      const committed = await commit();
      unfinished = false;
      return committed;
    },
    async rollback() {
      await rollback();
      unfinished = false;
    },
    release(state) {
      const clean = state === "reusable" ? Promise.resolve() : cleanUp();
      void clean
        .then(() => lent.end())
        .catch(ignoreError)
        .finally(ended);
    },
  };
}

async function send(database: KyselyDatabase, { text, values }: DriverQuery): Promise<DriverResult> {
  try {
    const { rows, numAffectedRows } = await database.executeQuery(compiled(text, values));
    const command = (rows[0] as { command?: unknown } | undefined)?.command;
    return {
      rows: rows.map((row) => Object.values(row) as unknown[]),
      rowCount: Number(numAffectedRows ?? rows.length),
      // Told of COMMIT and ROLLBACK alone, and not by every dialect.
      command: typeof command === "string" ? command : "",
    };
  } catch (error) {
    throw isOver(error) ? transactionOver(error) : coded(error);
  }
}

/** What Kysely's own `CompiledQuery.raw` makes. Some dialects look at `query` to tell reads from writes. */
function compiled(sql: string, parameters: readonly unknown[]): object {
  const query = { kind: "RawNode", sqlFragments: [sql], parameters: [] };
  return { sql, parameters, query, queryId: { queryId: "wispy-auth" } };
}

function stateOf({ isCommitted, isRolledBack }: KyselyDatabase): TransactionState {
  return isCommitted === true || isRolledBack === true ? "none" : "unknown";
}

function isLate(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ETIMEDOUT";
}

/** A `Transaction` does not tell that its callback has returned, except by these words. */
function isOver(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Transaction is already");
}

function transactionOver(cause: unknown): AuthError {
  return new AuthError("transaction_required", {
    message: "The Kysely transaction is over; call auth.within(trx) before its callback returns",
    cause,
  });
}

function countsOf(
  dialect: DialectName,
  { held, waiting }: { readonly held: number; readonly waiting: number },
): ConnectionCounts {
  if (dialect === "sqlite") return { open: 1, idle: held > 0 ? 0 : 1, waiting, max: 1 };
  return { open: held, idle: 0, waiting, max: 0 };
}
