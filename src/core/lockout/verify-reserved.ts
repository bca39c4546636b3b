import type { PasswordVerification } from "../../crypto/password-hasher.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { returnAttempt } from "./attempt-statements.ts";

/** An attempt that was counted before it is made. */
export interface Reservation {
  readonly key: string;
  /** The lock it brought, unless it is given back. */
  readonly lockedUntil: Date | null;
}

/**
 * Makes the attempt that was reserved. If no verification took place, because the hash queue is full, the
 * attempt does not count.
 */
export async function verifyReserved(
  { database, hasher }: CoreEnvironment,
  options: {
    readonly reservation: Reservation;
    readonly passwordHash: string | null;
    readonly password: string;
  },
): Promise<PasswordVerification> {
  const { reservation, passwordHash, password } = options;
  try {
    const { valid, outdated } = await hasher.verify(passwordHash, password);
    // An application's hasher that forgot to await its comparison gives a promise here, which is no yes.
    return { valid: (valid as unknown) === true, outdated };
  } catch (error) {
    // If this fails too the attempt counts: the safe side.
    await database.run(returnAttempt, { ...reservation }).catch(() => undefined);
    throw error;
  }
}
