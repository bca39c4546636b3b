import type { DialectName } from "../database.ts";
import { answeredInTime, type Deadlines } from "./deadlines.ts";
import type { AsyncConnection, AsyncDriver, DriverQuery, DriverResult, JoinedConnection } from "./driver.ts";
import { park, type Parked } from "./park.ts";
import { codedPrismaError, notJoined, notStarted } from "./prisma-errors.ts";

/** The parts that are used of what runs statements: a `PrismaClient`, or the `tx` of its `$transaction`. */
export interface PrismaQueries {
  $queryRawUnsafe(text: string, ...values: unknown[]): Promise<unknown>;
  $executeRawUnsafe(text: string, ...values: unknown[]): Promise<number>;
}

/** The parts of a `PrismaClient` that are used. */
export interface PrismaClient extends PrismaQueries {
  $transaction(
    callback: (tx: PrismaQueries) => Promise<void>,
    options: { readonly maxWait: number; readonly timeout: number },
  ): Promise<void>;
}

const ignoreError = (): void => undefined;
const rolledBack = new Error("Rolled back");

/** Statements have their own deadline, and a migration takes as long as it takes; Prisma's default is 5 seconds. */
const transactionMilliseconds = 24 * 60 * 60 * 1000;

/** Prisma begins with the role's defaults, or those of the client's options. */
const spellOut = { text: "set transaction isolation level read committed read write", values: [] };

/**
 * Runs statements through a `PrismaClient` on PostgreSQL: single ones on whatever connection Prisma takes for them,
 * transactions by `$transaction`. Which driver is underneath it keeps to itself, so that statements go unnamed.
 */
export function prismaDriver(client: PrismaClient, deadlines: Deadlines): AsyncDriver {
  let held = 0;
  return {
    mode: "async",
    name: "prisma",
    dialect: "postgres",
    native: client,
    names: false,
    async acquire() {
      held += 1;
      return connectionOf(client, { ...deadlines, ended: () => (held -= 1) });
    },
    counts: () => ({ open: held, idle: 0, waiting: 0, max: 0 }),
    detach: ignoreError,
  };
}

/** Runs statements in a transaction of the application. */
export function joinPrisma(tx: PrismaQueries, dialect: DialectName): JoinedConnection {
  const query = (sent: DriverQuery): Promise<DriverResult> => send(tx, sent, notJoined);
  return { mode: "async", dialect, state: () => "unknown", query };
}

function connectionOf(
  client: PrismaClient,
  { acquireMilliseconds, statementMilliseconds, ended }: Deadlines & { readonly ended: () => void },
): AsyncConnection {
  let transaction: Parked<PrismaQueries> | undefined;
  const query = (sent: DriverQuery): Promise<DriverResult> =>
    answeredInTime(send(transaction?.value ?? client, sent), {
      statementMilliseconds,
      patient: sent.patient,
    });
  const end = async (reason?: Error): Promise<void> => {
    const ending = transaction?.end(reason);
    transaction = undefined;
    if (ending !== undefined) await answeredInTime(ending, { statementMilliseconds });
  };
  return {
    session: client,
    announcedPid: null,
    query,
    async begin() {
      const options = { maxWait: acquireMilliseconds, timeout: transactionMilliseconds };
      transaction = await park<PrismaQueries>((callback) => client.$transaction(callback, options)).catch(
        (error: unknown) => {
          throw notStarted(error);
        },
      );
      await query(spellOut);
    },
    async commit() {
      await end().catch((error: unknown) => {
        throw codedPrismaError(error);
      });
      return true;
    },
    async rollback() {
      await end(rolledBack).catch((error: unknown) => {
        if (error !== rolledBack) throw codedPrismaError(error);
      });
    },
    release() {
      void end(rolledBack).catch(ignoreError);
      ended();
    },
  };
}

async function send(
  queries: PrismaQueries,
  { text, values }: DriverQuery,
  coded = codedPrismaError,
): Promise<DriverResult> {
  try {
    if (!givesRows.test(text)) {
      return { rows: [], rowCount: await queries.$executeRawUnsafe(text, ...values), command: "" };
    }
    const answer = (await queries.$queryRawUnsafe(text, ...values)) as readonly object[];
    const rows = answer.map((row) => Object.values(row) as unknown[]);
    return { rows, rowCount: rows.length, command: "" };
  } catch (error) {
    throw coded(error);
  }
}

/** Prisma has one call that gives rows and one that counts them, and none that does both. */
const givesRows = /^\s*(select|with|values|show|pragma)\b|\breturning\b/i;
