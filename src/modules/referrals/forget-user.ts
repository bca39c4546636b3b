import type { TransactionScript } from "../../module.ts";
import { retireCodes } from "./code-statements.ts";
import { deleteDays, deleteMember } from "./member-statements.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";
import { forgetReferee, forgetReferrer } from "./referral-statements.ts";
import { deleteBalances, forgetBeneficiary } from "./reward-statements.ts";

/**
 * Takes a user out of everything that names one, in the transaction that removes the user. Referrals, rewards and
 * ledger stay, under nobody's name: the other side keeps what it earned, and the books still add up.
 */
export function forgetUser(
  { clock, settings }: ReferralEnvironment,
  { id: userId }: { readonly id: string },
): TransactionScript<void> {
  const now = clock.now();
  return function* (tx) {
    yield* tx.all([
      retireCodes.with({ ownerId: userId, now }),
      forgetReferrer.with({ userId }),
      forgetReferee.with({ userId }),
      forgetBeneficiary.with({ userId }),
      deleteBalances.with({ userId }),
      ...[...settings.programs.keys()].flatMap((program) => [
        deleteMember.with({ program, userId }),
        deleteDays.with({ program, owner: userId }),
      ]),
    ]);
  };
}
