import { setTimeout as sleep } from "node:timers/promises";
import { AuthError, isAuthError } from "../../errors.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { readClientDetails, readPresentedDevice } from "../input/client-details.ts";
import { parseEmailAddress } from "../input/email-address.ts";
import { parsePasswordInput } from "../input/password-input.ts";
import { accountKey } from "../lockout/attempt-key.ts";
import { verifyReserved } from "../lockout/verify-reserved.ts";
import { reservationRules } from "../lockout/reservation-rules.ts";
import type { PendingSignIn } from "../pending.ts";
import type { RequestContext } from "../request-context.ts";
import type { NewSession } from "../session.ts";
import { openVerifiedSession, type VerifiedAccount } from "./open-verified-session.ts";
import { recordFailedSignIn, type SignInFailure } from "./record-failed-sign-in.ts";
import { reserveSignIn, type Account, type Candidate, type SignInLookUp } from "./reserve-sign-in.ts";
import type { SignInAttempt } from "./sign-in-attempt.ts";
import { findSignIn } from "./sign-in-statements.ts";

export interface SignInInput {
  readonly email: string;
  readonly password: string;
}

// A right password can meet a hash that is replaced meanwhile, by a rehash or a change; not every time.
const maxVerifications = 3;

/**
 * Signs in with e-mail address and password. Two round trips: the attempt is counted and the account read, the
 * password verified without a connection held, and the outcome written.
 *
 * Unknown address, wrong password, lock, disabled account and account without a password are one error,
 * reached by the same steps in the same time.
 *
 * A module may hold the sign-in up by a step of its own; then there is no session yet.
 *
 * @throws AuthError `invalid_credentials`, `invalid_input`, `overloaded`, and what modules refuse
 */
export async function signIn(
  environment: CoreEnvironment,
  {
    input,
    context,
  }: {
    readonly input: SignInInput;
    readonly context: RequestContext | undefined;
  },
): Promise<NewSession | PendingSignIn> {
  const email = parseEmailAddress(input.email);
  const attempt: SignInAttempt = {
    email,
    password: parsePasswordInput(input.password, "password"),
    client: readClientDetails(context),
    device: readPresentedDevice(context),
    cookies: context?.cookies ?? {},
    accountKey: accountKey(email),
  };
  await environment.hooks.attempted({ action: "signIn", client: attempt.client, account: email.canonical });
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

async function attemptSignIn(
  environment: CoreEnvironment,
  attempt: SignInAttempt,
): Promise<NewSession | PendingSignIn> {
  const { reservation, account } = await reserve(environment, attempt);
  if (reservation === null) {
    await environment.hasher.verify(null, attempt.password);
    return refuse(environment, {
      attempt,
      account,
      reason: "locked",
      lockedUntil: null,
    });
  }
  const { lockedUntil } = reservation;
  let current = account;
  for (let verifications = 1; ; verifications += 1) {
    const { valid, outdated } = await verifyReserved(environment, {
      reservation,
      passwordHash: current?.passwordHash ?? null,
      password: attempt.password,
    });
    const failure = failureOf(current, valid);
    if (failure !== null) {
      return refuse(environment, { attempt, account: current, reason: failure, lockedUntil });
    }
    const opened = await openVerifiedSession(environment, {
      attempt,
      account: current as VerifiedAccount,
      outdated,
      reservedKey: reservation.key,
    });
    if (opened !== null) return opened;
    // The account changed while its password was verified: look again, and verify against what is there now.
    if (verifications === maxVerifications) {
      return refuse(environment, { attempt, account: current, reason: "wrong_password", lockedUntil });
    }
    current = await environment.database.maybeOne(findSignIn, lookUpOf(attempt));
  }
}

function reserve({ database, clock, lockout }: CoreEnvironment, attempt: SignInAttempt): Promise<Candidate> {
  const { accountKey } = attempt;
  const { emailCanonical, deviceTokenHash } = lookUpOf(attempt);
  const rules = reservationRules(lockout, clock.now());
  return reserveSignIn(database, { ...rules, accountKey, emailCanonical, deviceTokenHash });
}

function lookUpOf({ email, device }: SignInAttempt): SignInLookUp {
  return { emailCanonical: email.canonical, deviceTokenHash: device?.tokenHash ?? null };
}

function failureOf(account: Account | null, valid: boolean): SignInFailure["reason"] | null {
  if (account === null) return "unknown_account";
  if (account.passwordHash === null) return "no_password";
  if (!valid) return "wrong_password";
  return account.disabledAt === null ? null : "disabled";
}

async function refuse(environment: CoreEnvironment, failure: SignInFailure): Promise<never> {
  await recordFailedSignIn(environment, failure);
  throw new AuthError("invalid_credentials", {
    message: "The e-mail address or the password is wrong",
  });
}
