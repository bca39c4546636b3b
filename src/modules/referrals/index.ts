export { referrals } from "./referrals.ts";
export type {
  AttributionOptions,
  ProgramOptions,
  ReferralOptions,
  ReviewOptions,
  RewardRule,
} from "./referral-options.ts";
export type * from "./referrals-api.ts";
