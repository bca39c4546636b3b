import type { RedemptionRefusal } from "wispy-auth/referrals";

/** Why a code brings nobody in, in one sentence. */
export function explainRefusal(reason: RedemptionRefusal): string {
  return texts[reason];
}

const texts: Readonly<Record<RedemptionRefusal, string>> = {
  code_missing: "A code is needed.",
  code_unknown: "There is no such code.",
  code_expired: "This code has expired.",
  code_used_up: "This code was used as often as it may be.",
  code_inactive: "This code is not active at the moment.",
  self_referral: "This code is your own.",
};
