import type { TransactionScript } from "../../database/script.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { AuthError, isAuthError } from "../../errors.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { readClientDetails, readPresentedDevice } from "../input/client-details.ts";
import { parseEmailAddress } from "../input/email-address.ts";
import { parsePasswordInput } from "../input/password-input.ts";
import { withRepetition } from "../known-outcome.ts";
import { accountKey } from "../lockout/attempt-key.ts";
import { reserveSignIn } from "../lockout/attempt-statements.ts";
import { verifyReserved, type Reservation } from "../lockout/verify-reserved.ts";
import { reservationRules } from "../lockout/reservation-rules.ts";
import type { RequestContext } from "../request-context.ts";
import type { NewSession } from "../session.ts";
import { openVerifiedSession, type VerifiedAccount } from "./open-verified-session.ts";
import { recordFailedSignIn, type SignInFailure } from "./record-failed-sign-in.ts";
import type { SignInAttempt } from "./sign-in-attempt.ts";
import { findSignIn } from "./sign-in-statements.ts";

export interface SignInInput {
  readonly email: string;
  readonly password: string;
}

/** What the first step found. */
export interface Candidate {
  readonly account: Account | null;
  /** `null`: the bucket is locked, and the password must not be tried. */
  readonly reservation: Reservation | null;
}

export type Account = NonNullable<Awaited<ReturnType<typeof findAccount>>>;

// A right password can meet a hash that is replaced meanwhile, by a rehash or a change; not every time.
const maxVerifications = 3;

/**
 * Signs in with e-mail address and password. Two round trips: the attempt is counted and the account read, the
 * password verified without a connection held, and the outcome written.
 *
 * Unknown address, wrong password, lock, disabled account and account without a password are one error,
 * reached by the same steps in the same time.
 *
 * @throws AuthError `invalid_credentials`, `invalid_input`, `overloaded`
 */
export async function signIn(
  environment: CoreEnvironment,
  { input, context }: { readonly input: SignInInput; readonly context: RequestContext | undefined },
): Promise<NewSession> {
  const email = parseEmailAddress(input.email);
  const attempt: SignInAttempt = {
    email,
    password: parsePasswordInput(input.password, "password"),
    client: readClientDetails(context),
    device: readPresentedDevice(context),
    accountKey: accountKey(email),
  };
  // A known device has a lane of its own, so that a crowd of strangers does not stand before it either.
  const lane = attempt.device ? `${attempt.accountKey} ${attempt.device.token}` : attempt.accountKey;
  const answerFrom = performance.now() + environment.lockout.refusalFloorMilliseconds;
  try {
    return await environment.turns.take(lane, () => attemptSignIn(environment, attempt));
  } catch (error) {
    if (isAuthError(error, "invalid_credentials")) await until(answerFrom);
    throw error;
  }
}

/** Timers may fire a moment early. */
async function until(moment: number): Promise<void> {
  for (let left; (left = moment - performance.now()) > 0;) await sleep(Math.ceil(left));
}

async function attemptSignIn(environment: CoreEnvironment, attempt: SignInAttempt): Promise<NewSession> {
  const { reservation, account } = await reserve(environment, attempt);
  if (reservation === null) {
    await environment.hasher.verify(null, attempt.password);
    return refuse(environment, { attempt, account, reason: "locked", lockedUntil: null });
  }
  let current = account;
  for (let verifications = 1; ; verifications += 1) {
    const verdict = await verifyReserved(environment, {
      reservation,
      passwordHash: current?.passwordHash ?? null,
      password: attempt.password,
    });
    const failure = failureOf(current, verdict.valid);
    const { lockedUntil } = reservation;
    if (failure !== null)
      return refuse(environment, { attempt, account: current, reason: failure, lockedUntil });
    const opened = await openVerifiedSession(environment, {
      attempt,
      account: { ...current, outdated: verdict.outdated } as VerifiedAccount,
      reservedKey: reservation.key,
    });
    if (opened !== null) return opened;
    // The account changed while its password was verified: look again, and verify against what is there now.
    if (verifications === maxVerifications) {
      return refuse(environment, { attempt, account: current, reason: "wrong_password", lockedUntil });
    }
    current = await findAccount(environment, attempt);
  }
}

function reserve({ database, clock, lockout }: CoreEnvironment, attempt: SignInAttempt): Promise<Candidate> {
  const deviceTokenHash = attempt.device?.tokenHash ?? null;
  const emailCanonical = attempt.email.canonical;
  const rules = reservationRules(lockout, clock.now());
  const script: TransactionScript<Candidate> = function* (tx) {
    const [[reservation], [account]] = yield* tx.all([
      reserveSignIn.with({ ...rules, accountKey: attempt.accountKey, emailCanonical, deviceTokenHash }),
      findSignIn.with({ emailCanonical, deviceTokenHash }),
    ]);
    return { reservation: reservation ?? null, account: account ?? null };
  };
  return withRepetition(() => database.transaction(script, { singleStep: true }));
}

function findAccount({ database }: CoreEnvironment, { email, device }: SignInAttempt) {
  const deviceTokenHash = device?.tokenHash ?? null;
  return database.maybeOne(findSignIn, { emailCanonical: email.canonical, deviceTokenHash });
}

function failureOf(account: Account | null, valid: boolean): SignInFailure["reason"] | null {
  if (account === null) return "unknown_account";
  if (account.passwordHash === null) return "no_password";
  if (!valid) return "wrong_password";
  return account.disabledAt === null ? null : "disabled";
}

async function refuse(environment: CoreEnvironment, failure: SignInFailure): Promise<never> {
  await recordFailedSignIn(environment, failure);
  throw new AuthError("invalid_credentials", { message: "The e-mail address or the password is wrong" });
}
