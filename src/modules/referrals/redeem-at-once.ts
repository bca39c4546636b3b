import { headValue, type ModuleSignUpDraft, type SignUpScript } from "../../module.ts";
import { findInvitation, takeUseOfKey } from "./code-statements.ts";
import { judge, visitorOf } from "./find-invitation.ts";
import { redemptionChain } from "./redemption.ts";
import { personPattern } from "./referral-code.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";
import type { ProgramSettings } from "./referral-settings.ts";
import type { RedemptionAnswer } from "./referrals-api.ts";

const takenCode = {
  id: headValue(takeUseOfKey, "id"),
  ownerId: headValue(takeUseOfKey, "ownerId"),
  owner: headValue(takeUseOfKey, "owner"),
  sameAddress: headValue(takeUseOfKey, "sameAddress"),
  sameDevice: headValue(takeUseOfKey, "sameDevice"),
};

/**
 * Redeems a code that nobody has looked at: statements alone, which go with the account's own. What the code is not worth is
 * found out where it was not redeemed.
 */
export function redeemAtOnce(
  environment: ReferralEnvironment,
  {
    codeKey,
    program,
    draft,
  }: {
    readonly codeKey: string;
    readonly program: ProgramSettings;
    readonly draft: ModuleSignUpDraft<object>;
  },
): SignUpScript<RedemptionAnswer> {
  return ({ user }) => {
    const now = user.createdAt;
    const visitor = visitorOf(environment, { visitor: draft, now });
    const made = {
      program,
      client: draft.client,
      referralId: environment.newId(now),
      refereeId: user.id,
      now,
    };
    return {
      head: takeUseOfKey.with({
        codeKey,
        program: program.name,
        now,
        ...personPattern(draft.emailCanonical),
        ...visitor,
      }),
      rest: [redemptionChain(environment, { ...made, code: takenCode })],
      answer: { redeemed: true, program: program.name },
      *otherwise(tx) {
        const found = yield* tx.maybeOne(findInvitation, { codeKey, ...visitor });
        const judged = judge(environment, { found, visitor: draft, now });
        // Its owner resumed it or raised its limit in between: the use had been refused all the same.
        return { redeemed: false, reason: typeof judged === "string" ? judged : "code_used_up" };
      },
    };
  };
}
