import type { Route } from "../../../module.ts";
import type { ReferralEnvironment } from "../referral-environment.ts";
import type { Referrals } from "../referrals-api.ts";
import { codeRoutes } from "./code-routes.ts";
import { reportRoutes } from "./report-routes.ts";

/** What a signed-in user does with codes and sees of referrals; everything is the user's own. */
export function referralRoutes(environment: ReferralEnvironment, api: Referrals): readonly Route[] {
  return [...codeRoutes(environment, api), ...reportRoutes(api)];
}
