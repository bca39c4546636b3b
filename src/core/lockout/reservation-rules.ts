import { addSeconds } from "../../clock.ts";
import type { ReservationRules } from "./attempt-statements.ts";
import type { LockoutSettings } from "./lockout-settings.ts";

/** The settings as the statement takes them, at a moment. */
export function reservationRules(settings: LockoutSettings, now: Date): ReservationRules {
  return {
    now,
    decayedAt: addSeconds(now, -settings.decaySeconds),
    maxFailures: settings.maxFailures,
    maxConsecutive: settings.maxConsecutiveFailures,
    lockMilliseconds: settings.lockSeconds * 1000,
    maxLockMilliseconds: settings.maxLockSeconds * 1000,
  };
}
