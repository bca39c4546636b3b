import { AuthError } from "../../errors.ts";

export interface LockoutOptions {
  /** Wrong passwords in a row that lock. Default 5 (OWASP's and ASVS's customary figure). */
  readonly maxFailures?: number;
  /** How long the first lock lasts; each further failure doubles it. Default 60. */
  readonly lockSeconds?: number;
  /** Where the doubling ends. Default 900. */
  readonly maxLockSeconds?: number;
  /** Quiet time after which failures no longer count towards a lock. Default 3600; longer than the longest lock. */
  readonly decaySeconds?: number;
  /**
   * Failures without a success between, however far apart, after which no password is tried any more. Default
   * 100, the most NIST SP 800-63B 3.2.2 allows. A sign-in from a known device, a new password or
   * `users.unlock` ends it.
   */
  readonly maxConsecutiveFailures?: number;
  /**
   * No refused sign-in is answered sooner than this. Default 0. An imported hash can cost more than ours, and until its
   * owner has signed in once, the time of a wrong password would tell that there is an account: while there are
   * such hashes, set it above what the dearest takes (bcrypt of cost 10: about 60 ms on its own, so 250). At most 5000.
   */
  readonly refusalFloorMilliseconds?: number;
}

/** A refusal that waits holds a request open. */
const maximumFloorMilliseconds = 5000;

export type LockoutSettings = Required<LockoutOptions>;

/**
 * With the defaults a stranger gets 5 attempts, then one after 1, 2, 4, 8, 15, 15 ... minutes, and 100 in all.
 *
 * @throws AuthError `configuration_invalid`
 */
export function resolveLockoutSettings(options: LockoutOptions = {}): LockoutSettings {
  const {
    maxFailures = 5,
    lockSeconds = 60,
    maxLockSeconds = Math.max(900, lockSeconds),
    decaySeconds = Math.max(3600, 2 * maxLockSeconds),
    maxConsecutiveFailures = 100,
    refusalFloorMilliseconds = 0,
  } = options;
  if (
    !(Number.isInteger(refusalFloorMilliseconds) && refusalFloorMilliseconds >= 0) ||
    refusalFloorMilliseconds > maximumFloorMilliseconds
  ) {
    throw invalid("lockout.refusalFloorMilliseconds must be a whole number from 0 to 5000");
  }
  const settings = { maxFailures, lockSeconds, maxLockSeconds, decaySeconds, maxConsecutiveFailures };
  for (const [name, value] of Object.entries(settings)) {
    if (!Number.isInteger(value) || value < 1) throw invalid(`lockout.${name} must be a whole number from 1`);
  }
  if (maxConsecutiveFailures > 100) throw invalid("lockout.maxConsecutiveFailures must not be above 100");
  if (maxLockSeconds < lockSeconds) throw invalid("lockout.maxLockSeconds must not be below lockSeconds");
  if (maxLockSeconds > 86_400) throw invalid("lockout.maxLockSeconds must not be above a day");
  if (decaySeconds <= maxLockSeconds) throw invalid("lockout.decaySeconds must be above maxLockSeconds");
  return { ...settings, refusalFloorMilliseconds };
}

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message });
}
