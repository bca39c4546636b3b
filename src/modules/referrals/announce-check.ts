import { readClientDetails, type RequestContext } from "../../module.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";

/** What tells anybody whether a code is good is announced, however they ask: who guesses takes turns of one limit. */
export function announceCheck({ attempt }: ReferralEnvironment, context: RequestContext): Promise<void> {
  return attempt({ action: "referrals.checkCode", client: readClientDetails(context), account: null });
}
