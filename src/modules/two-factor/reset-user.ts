import type { TransactionScript } from "../../module.ts";
import type { TwoFactorEnvironment } from "./two-factor-environment.ts";
import { noticeTo } from "./two-factor-mails.ts";
import {
  clearCodeAttempts,
  deleteChallenges,
  deleteFactors,
  deleteRecoveryCodes,
  deleteTrustedDevices,
  listFactors,
} from "./two-factor-statements.ts";

/** Everything the module knows of a user. */
export function forgetUser(userId: string): TransactionScript<void> {
  return function* (tx) {
    yield* tx.all([
      deleteFactors.with({ userId }),
      deleteRecoveryCodes.with({ userId }),
      deleteChallenges.with({ userId }),
      deleteTrustedDevices.with({ userId }),
      clearCodeAttempts.with({ userId }),
    ]);
  };
}

/** Switches the second step off and ends every session. False if there is no such user, or no factor. */
export function resetUser(
  { database, clock, accounts, recordEvent, ...environment }: TwoFactorEnvironment,
  userId: string,
): Promise<boolean> {
  const client = { ipAddress: null, userAgent: null };
  return database.transaction(function* (tx) {
    const user = yield* accounts.hold(userId)(tx);
    if (user === null || (yield* tx.many(listFactors, { userId })).length === 0) return false;
    yield* forgetUser(userId)(tx);
    yield* accounts.endSessions({ userId, client })(tx);
    const now = clock.now();
    yield* tx.all([recordEvent({ type: "twoFactor.reset", userId, occurredAt: now })]);
    const rest = { ...environment, database, clock, accounts, recordEvent };
    yield* noticeTo(rest, { tx, user, change: "reset", now });
    return true;
  });
}
