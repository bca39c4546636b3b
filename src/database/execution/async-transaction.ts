import { AuthError } from "../../errors.ts";
import type { DialectName, TransactionOptions } from "../database.ts";
import type { AsyncConnection } from "../drivers/driver.ts";
import type { StatementResult, Step, TransactionScript } from "../script.ts";
import { backOff } from "./backoff.ts";
import { breaksConnection, driven, DriverFailure, failureOf, toCallerError } from "./driver-failure.ts";
import { AbandonScript, runScriptAsync, type ScriptGuard } from "./run-script.ts";
import type { StatementSender } from "./statement-sender.ts";

const commitAttempts = 5;

/** One run of a script on one connection, and how far it came. */
export interface TransactionRun {
  readonly connection: AsyncConnection;
  readonly sender: StatementSender;
  readonly guard: ScriptGuard;
  readonly named: boolean;
  readonly dialect: DialectName;
  /** Set once COMMIT was sent: from then on a lost connection leaves the outcome unknown. */
  committing: boolean;
  /** Set while the database would answer COMMIT with ROLLBACK, which not every driver lets us see. */
  failed: boolean;
}

/** Begins, runs the script and commits. On any error the transaction is rolled back before it is thrown. */
export async function runTransaction<T>(run: TransactionRun, script: TransactionScript<T>): Promise<T> {
  const { connection, guard } = run;
  let begun = false;
  try {
    await driven(connection.begin());
    begun = true;
    const value = await runScriptAsync(script, {
      guard,
      perform: (step) => performStep(run, step),
      expose: (error) => toCallerError(error, { unknownOutcome: false }),
    });
    await commit(run);
    connection.release("reusable");
    return value;
  } catch (error) {
    const { kind } = failureOf(error);
    // A refused BEGIN means that a transaction of the application is open here: it is not ours to end.
    const alive = begun
      ? !breaksConnection(failureOf(error)) && (await rollBack(connection))
      : kind === "busy";
    connection.release(alive ? "reusable" : "broken");
    throw error;
  }
}

async function performStep(run: TransactionRun, step: Step): Promise<readonly StatementResult[]> {
  try {
    const results = await run.sender.sendInTransaction(run.connection, { step, named: run.named });
    if (step.kind === "raw" && step.text.startsWith("rollback to savepoint")) run.failed = false;
    return results;
  } catch (error) {
    run.failed = run.dialect === "postgres";
    throw error;
  }
}

async function commit(run: TransactionRun): Promise<void> {
  run.committing = true;
  const committed = !run.failed && (await commitUnlessBusy(run.connection));
  if (committed) return;
  run.committing = false;
  throw new AuthError("transaction_rolled_back", {
    message: "The database answered COMMIT with ROLLBACK: a statement had failed and its error was swallowed",
  });
}

/** With SQLite's rollback journal, COMMIT is refused while a reader is at work; the transaction is still whole then. */
async function commitUnlessBusy(connection: AsyncConnection): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await driven(connection.commit());
    } catch (error) {
      if (failureOf(error).kind !== "busy" || attempt === commitAttempts) throw error;
      await backOff(attempt);
    }
  }
}

async function rollBack(connection: AsyncConnection): Promise<boolean> {
  try {
    await connection.rollback();
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
  await driven(connection.begin());
  try {
    const value = await send();
    await driven(connection.commit());
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
  const { kind } = failureOf(error);
  // Nothing happened, so how often it was tried says nothing; how long does.
  if (kind === "busy") return !late;
  if (attempt >= (options.maxAttempts ?? 4)) return false;
  if (options.retryOn?.(error) === true) return true;
  if (kind === "lost") return !committing && !late;
  return kind === "refused" || kind === "conflict" || (kind === "unavailable" && !late);
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
