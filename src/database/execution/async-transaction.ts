import { AuthError } from "../../errors.ts";
import type { TransactionOptions } from "../database.ts";
import type { AsyncConnection, JoinedConnection } from "../drivers/driver.ts";
import type { TransactionScript } from "../script.ts";
import {
  ask,
  breaksConnection,
  DriverFailure,
  failureOf,
  toCallerError,
  transactionAborted,
} from "./driver-failure.ts";
import { AbandonScript, runScriptAsync, type ScriptGuard } from "./run-script.ts";
import type { StatementSender } from "./statement-sender.ts";

// Spelled out, so that a role or database with other defaults changes nothing about what our statements see.
const begin = "begin isolation level read committed read write";

/** One run of a script on one connection, and how far it came. */
export interface TransactionRun {
  readonly connection: AsyncConnection;
  readonly sender: StatementSender;
  readonly guard: ScriptGuard;
  readonly named: boolean;
  /** Set once COMMIT was sent: from then on a lost connection leaves the outcome unknown. */
  committing: boolean;
}

/** Begins, runs the script and commits. On any error the transaction is rolled back before it is thrown. */
export async function runTransaction<T>(run: TransactionRun, script: TransactionScript<T>): Promise<T> {
  const { connection, sender, guard, named } = run;
  let begun = false;
  try {
    await ask(connection, { text: begin, values: [] });
    begun = true;
    const value = await runScriptAsync(script, {
      guard,
      perform: (step) => sender.sendInTransaction(connection, { step, named }),
      expose: (error) => toCallerError(error, { unknownOutcome: false }),
    });
    run.committing = true;
    await commit(run);
    connection.release("reusable");
    return value;
  } catch (error) {
    // A refused BEGIN means that a transaction of the application is open here: it is not ours to end.
    const alive = begun && !breaksConnection(failureOf(error)) && (await rollBack(connection));
    connection.release(alive ? "reusable" : "broken");
    throw error;
  }
}

async function commit(run: TransactionRun): Promise<void> {
  const { command } = await ask(run.connection, { text: "commit", values: [] });
  if (command === "COMMIT") return;
  run.committing = false;
  throw new AuthError("transaction_rolled_back", {
    message: "The database answered COMMIT with ROLLBACK: a statement had failed and its error was swallowed",
  });
}

async function rollBack(connection: AsyncConnection): Promise<boolean> {
  try {
    await connection.query({ text: "rollback", values: [] });
    return true;
  } catch {
    return false;
  }
}

/**
 * One statement in a transaction that names its own isolation and access mode. In autocommit a role's defaults
 * decide them, and serializable ones refuse crowded writes again and again.
 */
export async function runSpelledOut<T>(connection: AsyncConnection, send: () => Promise<T>): Promise<T> {
  await ask(connection, { text: begin, values: [] });
  try {
    const value = await send();
    await ask(connection, { text: "commit", values: [] });
    return value;
  } catch (error) {
    if (breaksConnection(failureOf(error)) || (await rollBack(connection))) throw error;
    throw new DriverFailure(new Error("The connection ended before its transaction was rolled back"));
  }
}

/** Whether a failed run may be followed by another from the start. */
export function mayReplay(
  error: unknown,
  state: {
    readonly attempt: number;
    readonly committing: boolean;
    /** Whether the time for finding a working connection has passed. */
    readonly late: boolean;
    readonly options: TransactionOptions;
  },
): boolean {
  const { attempt, committing, late, options } = state;
  if (attempt >= (options.maxAttempts ?? 4)) return false;
  if (options.retryOn?.(error) === true) return true;
  const { kind } = failureOf(error);
  if (kind === "lost") return !committing && !late;
  return kind === "refused" || kind === "conflict" || (kind === "unavailable" && !late);
}

/** Runs a script inside a transaction that the host began and will end. Nothing is named, replayed or ended here. */
export async function runJoined<T>(
  connection: JoinedConnection,
  {
    script,
    sender,
    guard,
  }: { readonly script: TransactionScript<T>; readonly sender: StatementSender; readonly guard: ScriptGuard },
): Promise<T> {
  assertJoinable(connection);
  return runScriptAsync(script, {
    guard,
    perform: async (step) =>
      step.kind === "raw"
        ? [await ask(connection, step)]
        : sender.sendUnnamed(connection, sender.prepare(step)),
    expose: (error) => toCallerError(error, { unknownOutcome: false }),
  });
}

function assertJoinable(connection: JoinedConnection): void {
  const state = connection.state();
  if (state === "none") {
    throw new AuthError("transaction_required", {
      message: "auth.within() takes a client whose transaction has begun",
    });
  }
  if (state === "failed") throw transactionAborted();
}

/** Runs a script of exactly one step in autocommit: one statement is atomic by itself, BEGIN and COMMIT would only cost. */
export function runSingleStep<T>(
  script: TransactionScript<T>,
  {
    guard,
    sender,
    send,
  }: {
    readonly guard: ScriptGuard;
    readonly sender: StatementSender;
    readonly send: (
      prepared: ReturnType<StatementSender["prepare"]>,
    ) => ReturnType<StatementSender["sendRecovering"]>;
  },
): Promise<T> {
  let steps = 0;
  return runScriptAsync(script, {
    guard,
    perform: (step) => {
      steps += 1;
      if (steps === 1 && step.kind !== "raw") return send(sender.prepare(step));
      const error = new AuthError("script_invalid", {
        message: "A single-step script yields one statement or one group of statements",
      });
      return Promise.reject(new AbandonScript(error));
    },
    expose: (error) => error,
  });
}
