import { defineClientModule } from "../../client/index.ts";
import type { ReferralFields } from "./redeem.ts";
import type { RedemptionAnswer } from "./referrals-api.ts";
import type { referralContracts } from "./routes/referral-contracts.ts";

/** Referrals for `createAuthClient({ modules })`: `client.referrals`, and the field `referralCode` of a sign-up. */
export const referralsClient = defineClientModule<
  typeof referralContracts,
  { readonly fields: ReferralFields; readonly answer: RedemptionAnswer }
>("referrals", {
  listCodes: "GET /referrals/codes",
  createCode: "POST /referrals/codes",
  updateCode: "PATCH /referrals/codes/:id",
  deactivateCode: "DELETE /referrals/codes/:id",
  checkCode: "POST /referrals/check",
  followLink: "POST /referrals/follow",
  listReferrals: "GET /referrals/referrals",
  listRewards: "GET /referrals/rewards",
  stats: "GET /referrals/stats",
  leaderboard: "GET /referrals/leaderboard",
  getProfile: "GET /referrals/profile",
  setProfile: "PUT /referrals/profile",
});
