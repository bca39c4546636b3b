import { defineModule, isUuid, type Schema } from "../../module.ts";
import { adoptCodes } from "./adoption/adopt-codes.ts";
import { adoptReferrals } from "./adoption/adopt-referrals.ts";
import * as adoptionStatements from "./adoption/adoption-statements.ts";
import { announceCheck } from "./announce-check.ts";
import { followLink, readAttribution } from "./attribution.ts";
import * as codeStatements from "./code-statements.ts";
import * as dayStatements from "./day-statements.ts";
import { findInvitation, nobody } from "./find-invitation.ts";
import { foldDays } from "./fold-days.ts";
import { forgetUser } from "./forget-user.ts";
import * as memberStatements from "./member-statements.ts";
import { createReferrals } from "./migrations/001-referrals.ts";
import { prepareRedemption, type ReferralFields } from "./redeem.ts";
import { changeCode, createCode, listCodes } from "./referral-codes.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";
import { readPage, requireUuid } from "./referral-input.ts";
import type { ReferralOptions } from "./referral-options.ts";
import { qualify, rejectReferral } from "./referral-review.ts";
import { resolveReferralOptions } from "./referral-settings.ts";
import * as referralStatements from "./referral-statements.ts";
import { getProfile, leaderboard, programStats, setProfile, stats } from "./referral-stats.ts";
import { referralTables } from "./referral-tables.ts";
import type { Referral, Referrals } from "./referrals-api.ts";
import {
  approveDueRewards,
  approved,
  balances,
  listRewards,
  listRewardsUnderReview,
  settleReward,
} from "./reward-desk.ts";
import * as rewardStatements from "./reward-statements.ts";
import * as statsStatements from "./stats-statements.ts";

/**
 * Referral codes, redeemed in the sign-up's own transaction: a user who was referred, the referral and its rewards
 * are there together or not at all.
 *
 * @throws AuthError `configuration_invalid`
 * @example
 * const auth = await createAuth({ database, modules: [referrals({ maxCodesPerUser: 5 })] });
 * const { code } = await auth.referrals.createCode({ userId: user.id });
 * await auth.signUp({ email, password, referralCode: code });
 */
export function referrals(options: ReferralOptions = {}) {
  const settings = resolveReferralOptions(options);
  return defineModule({
    name: "referrals",
    migrations: [createReferrals],
    tables: referralTables,
    statements: [
      adoptionStatements,
      codeStatements,
      dayStatements,
      memberStatements,
      referralStatements,
      rewardStatements,
      statsStatements,
    ].flatMap((file) => Object.values(file).filter((value) => "with" in value)),
    errors: referralErrors,
    eventTypes: [
      "referrals.redeemed",
      "referrals.qualified",
      "referrals.rejected",
      "referrals.reward_pending",
      "referrals.reward_held",
      "referrals.reward_approved",
      "referrals.reward_fulfilled",
      "referrals.reward_reversed",
      "referrals.reward_rejected",
    ],
    signUpFields: { referralCode },
    adoption: [adoptCodes(settings), adoptReferrals(settings)],
    start(context) {
      const environment: ReferralEnvironment = { ...context, settings };
      // Without the secret there is no reading a cookie: better said at the start than at a sign-up.
      if (settings.attribution !== null) context.signer("attribution");
      const api = referralsApi(environment);
      return {
        api,
        hooks: {
          signUp: (draft) =>
            prepareRedemption(environment, draft as typeof draft & { fields: ReferralFields }),
          userDeleted: (user) => forgetUser(environment, user),
        },
        routes: async () => {
          const { referralRoutes } = await import("./routes/referral-routes.ts");
          return referralRoutes(environment, api);
        },
        cleanUp: {
          approvedRewards: (limit) => approveDueRewards(environment, limit),
          foldedDays: (limit) => foldDays(environment, limit),
        },
      };
    },
  });
}

const referralErrors = {
  "referrals.code_missing": { status: 422, title: "A referral code is needed" },
  "referrals.code_unknown": { status: 422, title: "There is no such referral code" },
  "referrals.code_expired": { status: 422, title: "The referral code has expired" },
  "referrals.code_used_up": { status: 422, title: "The referral code has been used up" },
  "referrals.code_inactive": { status: 422, title: "The referral code is not active" },
  "referrals.self_referral": { status: 422, title: "Nobody can refer themselves" },
  "referrals.too_many_codes": { status: 409, title: "The user has as many referral codes as allowed" },
  "referrals.code_taken": { status: 409, title: "The referral code is taken" },
  "referrals.code_not_allowed": { status: 422, title: "The referral code is not allowed" },
  "referrals.reward_state": { status: 409, title: "The reward cannot be changed this way any more" },
} as const;

const describeCode = () => ({ type: "string", maxLength: 64 });

/** Any text of a bearable length: what it is worth, the lookup says. */
const referralCode: Schema<string | undefined> = {
  "~standard": {
    version: 1,
    vendor: "wispy-auth",
    validate: (value) => {
      if (value === undefined || value === null || value === "") return { value: undefined };
      if (typeof value === "string" && value.length <= 64) return { value };
      return { issues: [{ message: "must be a text of at most 64 characters" }] };
    },
    jsonSchema: { input: describeCode, output: describeCode },
  },
};

function referralsApi(environment: ReferralEnvironment): Referrals {
  return {
    createCode: (input) => createCode(environment, input),
    listCodes: (userId) => listCodes(environment, userId),
    updateCode: (input) => changeCode(environment, { input }),
    async deactivateCode(target) {
      const codes = isUuid(target.codeId) ? await listCodes(environment, target.userId) : [];
      if (!codes.some(({ id }) => id === target.codeId)) return false;
      await changeCode(environment, { input: target, deactivate: true });
      return true;
    },
    async checkCode(code, context) {
      if (context !== undefined) await announceCheck(environment, context);
      const found = await findInvitation(environment, { code, visitor: nobody });
      return typeof found === "string"
        ? { redeemed: false, reason: found }
        : { redeemed: true, program: found.program.name };
    },
    qualify: (refereeId) => qualify(environment, refereeId),
    rejectReferral: (referralId, { reason }) => rejectReferral(environment, { referralId, reason }),
    listReferrals: async (userId, page = {}) => {
      const { limit, from } = readPage(page, "newest");
      const { listReferralsOfUser } = referralStatements;
      const target = { userId: requireUuid(userId, "userId"), before: from, limit };
      return (await environment.database.many(listReferralsOfUser, target)) as readonly Referral[];
    },
    ...rewardOperations(environment),
    stats: (userId, period = {}) => stats(environment, { userId, period }),
    programStats: (period = {}) => programStats(environment, period),
    leaderboard: (page = {}) => leaderboard(environment, page),
    getProfile: (userId, { program } = {}) => getProfile(environment, { userId, program }),
    setProfile: (userId, profile) => setProfile(environment, { userId, profile }),
    async attributionCookie(code, { cookies = {} } = {}) {
      const cookie = await followLink(environment, { code, cookie: cookies["referrals"] ?? null });
      return cookie && environment.setCookie(cookie);
    },
    followedCode: ({ cookies = {} }) =>
      readAttribution(environment, cookies["referrals"] ?? null)?.code ?? null,
  };
}

function rewardOperations(environment: ReferralEnvironment) {
  return {
    listRewards: (userId, page) => listRewards(environment, { userId, page }),
    balances: (userId) => balances(environment, userId),
    listHeldRewards: (page) => listRewardsUnderReview(environment, page),
    holdReward: (rewardId, { reason }) => settleReward(environment, { rewardId, to: "held", reason }),
    approveReward: (rewardId, { reason } = {}) =>
      settleReward(environment, { rewardId, to: approved, ...(reason !== undefined && { reason }) }),
    rejectReward: (rewardId, { reason }) => settleReward(environment, { rewardId, to: "rejected", reason }),
    fulfilReward: (rewardId, { reason } = {}) =>
      settleReward(environment, { rewardId, to: "fulfilled", ...(reason !== undefined && { reason }) }),
    reverseReward: (rewardId, { reason }) => settleReward(environment, { rewardId, to: "reversed", reason }),
  } satisfies Partial<Referrals>;
}
