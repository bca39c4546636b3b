import { hashToken, parseToken } from "../../crypto/token.ts";
import { AuthError } from "../../errors.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { writeEvent } from "../events/event-statements.ts";
import type { ClientDetails } from "../input/client-details.ts";
import { withRepetition } from "../known-outcome.ts";
import { confirmationKey } from "../lockout/attempt-key.ts";
import { clearAttempt, findAttempt, reserveAttempt } from "../lockout/attempt-statements.ts";
import { reservationRules } from "../lockout/reservation-rules.ts";
import { verifyReserved, type Reservation } from "../lockout/verify-reserved.ts";
import { findConfirmation } from "./credential-statements.ts";

/** Who is signed in, read for a step that needs the password again. */
export type Confirming = NonNullable<Awaited<ReturnType<typeof findConfirming>>>;

/** A user who is signed in and has just given the right password. */
export interface Confirmed extends Confirming {
  readonly passwordHash: string;
}

/** @throws AuthError `unauthenticated` if the token opens no live session. */
export async function requireConfirming(environment: CoreEnvironment, token: unknown): Promise<Confirming> {
  const parsed = parseToken(token);
  const found = parsed === null ? null : await findConfirming(environment, hashToken("session", parsed));
  if (found === null) throw new AuthError("unauthenticated", { message: "Sign in first" });
  return found;
}

function findConfirming({ database, clock }: CoreEnvironment, tokenHash: Uint8Array) {
  return database.maybeOne(findConfirmation, { tokenHash, now: clock.now() });
}

/**
 * Verifies the password of somebody signed in. Wrong ones are counted like those of a sign-in, but apart from
 * them: a stolen session does not lock its owner out.
 *
 * @throws AuthError `invalid_credentials`, `too_many_requests`, `overloaded`
 */
export async function confirmPassword(
  environment: CoreEnvironment,
  {
    confirming,
    password,
    client,
  }: { readonly confirming: Confirming; readonly password: string; readonly client: ClientDetails },
): Promise<Confirmed> {
  return environment.turns.take(confirmationKey(confirming.id), async () => {
    const reservation = await reserve(environment, confirming);
    if (reservation === null) {
      await recordFailure(environment, { confirming, client, reason: "locked" });
      throw await tooManyRequests(environment, confirming);
    }
    const { passwordHash } = confirming;
    const { valid } = await verifyReserved(environment, { reservation, passwordHash, password });
    if (valid && passwordHash !== null) {
      await environment.database.run(clearAttempt, { key: reservation.key });
      return { ...confirming, passwordHash };
    }
    await recordFailure(environment, { confirming, client, reason: "wrong_password" });
    throw wrongPassword();
  });
}

/** The same error whether the password never matched or the account changed since it did. */
export function wrongPassword(): AuthError {
  return new AuthError("invalid_credentials", { message: "The password is wrong" });
}

function reserve(
  { database, clock, lockout }: CoreEnvironment,
  { id }: Confirming,
): Promise<Reservation | null> {
  const rules = reservationRules(lockout, clock.now());
  const params = { ...rules, key: confirmationKey(id), userId: id };
  return withRepetition(() => database.maybeOne(reserveAttempt, params));
}

async function recordFailure(
  { database, clock, newId }: CoreEnvironment,
  {
    confirming,
    client,
    reason,
  }: { readonly confirming: Confirming; readonly client: ClientDetails; readonly reason: string },
): Promise<void> {
  const now = clock.now();
  await writeEvent(database, {
    id: newId(now),
    type: "password.confirmation_failed",
    userId: confirming.id,
    occurredAt: now,
    client,
    sessionId: confirming.sessionId,
    data: { reason },
  });
}

async function tooManyRequests(
  { database, clock, lockout }: CoreEnvironment,
  { id }: Confirming,
): Promise<AuthError> {
  const attempt = await database.maybeOne(findAttempt, { key: confirmationKey(id) });
  const milliseconds = (attempt?.lockedUntil?.getTime() ?? 0) - clock.now().getTime();
  // At the hard cap there is no end to wait for; the longest lock is as good an answer as any.
  const retryAfterSeconds = milliseconds > 0 ? Math.ceil(milliseconds / 1000) : lockout.maxLockSeconds;
  return new AuthError("too_many_requests", {
    message: "Too many wrong passwords; wait before trying again",
    data: { retryAfterSeconds },
  });
}
