import type { TransactionScript } from "../../module.ts";
import { retireCodes } from "./code-statements.ts";
import { deleteDays } from "./day-statements.ts";
import { deleteMember } from "./member-statements.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";
import { forgetReferee, forgetReferrer } from "./referral-statements.ts";
import { deleteBalances, forgetBeneficiary } from "./reward-statements.ts";

/**
 * Takes a user out of everything that names one, in the transaction that removes the user. Referrals, rewards and
 * ledger stay, under nobody's name: the other side keeps what it earned, and the books still add up.
 */
export function forgetUser(
  { clock }: ReferralEnvironment,
  { id: userId }: { readonly id: string },
): TransactionScript<void> {
  const now = clock.now();
  return function* (tx) {
    // One after the other: each waits for whoever holds its rows, and the next must see what they have added.
    yield* tx.run(retireCodes, { ownerId: userId, now });
    yield* tx.run(forgetReferrer, { userId });
    yield* tx.run(forgetReferee, { userId });
    yield* tx.run(forgetBeneficiary, { userId });
    yield* tx.all([
      deleteBalances.with({ userId }),
      deleteMember.with({ userId }),
      deleteDays.with({ owner: userId }),
    ]);
  };
}
