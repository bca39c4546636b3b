import type { CoreEnvironment } from "../core-environment.ts";
import { writeEvent } from "../events/event-statements.ts";
import type { SignInAttempt } from "./sign-in-attempt.ts";

/** Why a sign-in was refused: for the event log alone, never for the caller. */
export interface SignInFailure {
  readonly attempt: SignInAttempt;
  readonly account: { readonly id: string } | null;
  readonly reason: "unknown_account" | "no_password" | "wrong_password" | "disabled" | "locked";
  /** The lock that this failure brought. */
  readonly lockedUntil: Date | null;
}

/** Writes the event. An unknown account is named by the digest of the address that was tried. */
export async function recordFailedSignIn(
  { database, clock, newId }: CoreEnvironment,
  { attempt, account, reason, lockedUntil }: SignInFailure,
): Promise<void> {
  const now = clock.now();
  await writeEvent(database, {
    id: newId(now),
    type: "sign_in.failed",
    userId: account?.id ?? null,
    occurredAt: now,
    client: attempt.client,
    data: {
      method: "password",
      reason,
      ...(account ? {} : { attempted: attempt.accountKey }),
      ...(lockedUntil ? { lockedUntil: lockedUntil.toISOString() } : {}),
    },
  });
}
