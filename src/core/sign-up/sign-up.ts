import type { Script, Transaction, TransactionScript } from "../../database/script.ts";
import { AuthError } from "../../errors.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import type { CoreHooks } from "../hooks.ts";
import { withKnownOutcome } from "../known-outcome.ts";
import type { PendingSignIn } from "../pending.ts";
import type { NewSession } from "../session.ts";
import { toCurrentSession, type CurrentSessionRow } from "../sessions/current-session.ts";
import { findCurrentSessionById } from "../sessions/session-statements.ts";
import { readPreparedSignUp, type PreparedSignUp, type SignUpRecord } from "./prepared-sign-up.ts";
import { findAnswers } from "./sign-up-parts.ts";
import { signUpResult, wholeSignUpScript } from "./sign-up-script.ts";

/**
 * Writes a prepared sign-up: one statement on PostgreSQL unless a module takes part by more than statements, one
 * transaction on SQLite. A sign-up that is already there, because its answer was lost or it is run twice, gives its
 * account and session again.
 *
 * @throws AuthError `user_exists`, and what modules refuse
 */
export async function signUp(
  environment: CoreEnvironment,
  prepared: PreparedSignUp,
): Promise<NewSession | PendingSignIn> {
  const { database, hooks } = environment;
  const record = readPreparedSignUp(prepared);
  // In the same transaction as a free address is answered: a second one would take the time that tells them apart.
  const takenIn =
    <T>(script: TransactionScript<T | null>): TransactionScript<T | PendingSignIn | null> =>
    (tx) =>
      orAnswerTaken(hooks, { tx, record, script });
  const lookUp = async (): Promise<NewSession | null> =>
    alreadyDone(record, await database.maybeOne(findCurrentSessionById, { id: record.sessionId }));
  const done = await withKnownOutcome(async () => {
    const result = resultNow(environment, record);
    const { script, singleStep } = wholeSignUpScript(environment, { record, result });
    const outcome = await database.transaction(takenIn(script), { singleStep });
    if (outcome === null) return lookUp();
    if ("pending" in outcome) return outcome;
    const { answers, owed } = outcome;
    return { ...result, ...(owed.length === 0 ? answers : await database.transaction(findAnswers(outcome))) };
  }, lookUp);
  if (done === null) throw userExists();
  return done;
}

function* orAnswerTaken<T>(
  { addressTaken }: CoreHooks,
  {
    tx,
    record,
    script,
  }: {
    readonly tx: Transaction;
    readonly record: SignUpRecord;
    readonly script: TransactionScript<T | null>;
  },
): Script<T | PendingSignIn | null> {
  const outcome = yield* script(tx);
  if (outcome !== null) return outcome;
  for (const hook of addressTaken) {
    const pending = yield* hook(record.draft)(tx);
    if (pending !== null) return pending;
  }
  return null;
}

/** The same inside the application's transaction. */
export function joinedSignUpScript(
  environment: CoreEnvironment,
  prepared: PreparedSignUp,
): TransactionScript<NewSession | PendingSignIn> {
  const record = readPreparedSignUp(prepared);
  const result = resultNow(environment, record);
  const { script, singleStep } = wholeSignUpScript(environment, { record, result });
  return function* (tx) {
    // What another part refuses is undone to here, so that the application may go on with its transaction.
    const whole = (inner: Transaction) => orAnswerTaken(environment.hooks, { tx: inner, record, script });
    const outcome = yield* singleStep ? whole(tx) : tx.transaction(whole);
    if (outcome !== null) {
      return "pending" in outcome ? outcome : { ...result, ...(yield* findAnswers(outcome)(tx)) };
    }
    const done = alreadyDone(record, yield* tx.maybeOne(findCurrentSessionById, { id: record.sessionId }));
    if (done === null) throw userExists();
    return done;
  };
}

export function userExists(): AuthError {
  return new AuthError("user_exists", { message: "There is an account with this e-mail address already" });
}

function resultNow({ clock, session }: CoreEnvironment, record: SignUpRecord): NewSession {
  return signUpResult(record, { now: clock.now(), settings: session });
}

function alreadyDone(record: SignUpRecord, row: CurrentSessionRow | null): NewSession | null {
  if (row === null) return null;
  const answers = Object.fromEntries(record.parts.map(({ name }) => [name, null]));
  return { ...toCurrentSession(row), ...answers, token: record.token, deviceToken: record.deviceToken };
}
