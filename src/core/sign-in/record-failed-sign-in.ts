import type { CoreEnvironment } from "../core-environment.ts";
import type { Call } from "../../database/statements/statement.ts";
import { recordEvent } from "../events/event-statements.ts";
import type { SignInAttempt } from "./sign-in-attempt.ts";

/** Why a sign-in was refused: for the event log alone, never for the caller. */
export interface SignInFailure {
  readonly attempt: SignInAttempt;
  readonly account: { readonly id: string } | null;
  readonly reason: "unknown_account" | "no_password" | "wrong_password" | "disabled" | "locked" | "refused";
  /** What a module refused by. */
  readonly code?: string;
  /** The lock that this failure brought. */
  readonly lockedUntil: Date | null;
}

/** Writes the event. */
export async function recordFailedSignIn(
  environment: CoreEnvironment,
  failure: SignInFailure,
): Promise<void> {
  const { statement: insert, params } = failedSignIn(environment, failure);
  await environment.database.run(insert, params as never);
}

/** The event. An unknown account is named by the digest of the address that was tried. */
export function failedSignIn(
  { clock, newId }: CoreEnvironment,
  { attempt, account, reason, code, lockedUntil }: SignInFailure,
): Call<unknown> {
  const now = clock.now();
  return recordEvent({
    id: newId(now),
    type: "sign_in.failed",
    userId: account?.id ?? null,
    occurredAt: now,
    client: attempt.client,
    data: {
      method: "password",
      reason,
      ...(code === undefined ? {} : { code }),
      ...(account ? {} : { attempted: attempt.accountKey }),
      ...(lockedUntil ? { lockedUntil: lockedUntil.toISOString() } : {}),
    },
  });
}
