import { referrals } from "wispy-auth/referrals";
import type { AuthWith } from "wispy-auth/testing";
import { newCredentials } from "../../support/create-test-auth.ts";
import { testModule } from "../support/test-module.ts";

type ReferralAuth = AuthWith<ReturnType<typeof createReferrals>>;

const createReferrals = () =>
  referrals({
    shareUrl: "https://app.example/join",
    attribution: { touch: "last" },
    programs: {
      default: { referrer: { amount: 5, unit: "cent" }, referee: { amount: 1, unit: "credit" } },
      partners: { referrer: { amount: 9, unit: "cent" }, qualification: "manual", holdingPeriodSeconds: 60 },
    },
  });

/** A code of somebody else's. */
async function newCode(auth: ReferralAuth, program = "default"): Promise<string> {
  const owner = await auth.users.create({ email: newCredentials().email });
  return (await auth.referrals.createCode({ userId: owner.id, program })).code;
}

/** A reward of a user's, for somebody who came by the user's code and has not counted yet. */
async function newReward(auth: ReferralAuth, userId: string) {
  const { code } = await auth.referrals.createCode({ userId, program: "partners" });
  const { user } = await auth.signUp({ ...newCredentials(), referralCode: code });
  const reward = (await auth.referrals.listRewards(userId)).find(({ role }) => role === "referrer");
  return { rewardId: reward!.id, refereeId: user.id };
}

testModule({
  name: "referrals",
  create: createReferrals,
  samples: {
    signUp: async (auth) => ({ referralCode: await newCode(auth) }),
    refusedSignUps: {
      "a code that is no text": { referralCode: 7 },
      "a code that is too long": { referralCode: "x".repeat(65) },
    },
    calls: {
      "createCode and what is done with codes": async ({ auth, userId }) => {
        const { id: codeId } = await auth.referrals.createCode({ userId, code: `c-${userId.slice(-12)}` });
        await auth.referrals.updateCode({ userId, codeId, maxUses: 3, paused: true });
        await auth.referrals.deactivateCode({ userId, codeId });
      },
      "the way of a reward to its end": async ({ auth, userId }) => {
        const { rewardId, refereeId } = await newReward(auth, userId);
        await auth.referrals.qualify(refereeId);
        await auth.referrals.holdReward(rewardId, { reason: "a look at it" });
        await auth.referrals.approveReward(rewardId);
        await auth.referrals.fulfilReward(rewardId);
        await auth.referrals.reverseReward(rewardId, { reason: "the money came back" });
      },
      "a referral that is rejected": async ({ auth, userId }) => {
        const { rewardId } = await newReward(auth, userId);
        await auth.referrals.rejectReward(rewardId, { reason: "made up" });
        const [referral] = await auth.referrals.listReferrals(userId);
        await auth.referrals.rejectReferral(referral!.id, { reason: "made up" });
      },
      "a reward that is left to ripen": async ({ auth, userId }) => {
        const { refereeId } = await newReward(auth, userId);
        await auth.referrals.qualify(refereeId);
      },
      "a profile and what is shown": async ({ auth, userId }) => {
        await auth.referrals.setProfile(userId, { displayName: "Ann", listed: true });
        await auth.referrals.leaderboard();
        await auth.referrals.stats(userId);
        await auth.referrals.programStats();
        await auth.referrals.balances(userId);
        await auth.referrals.listHeldRewards();
        await auth.referrals.attributionCookie(await newCode(auth));
      },
    },
    requests: {
      "referrals.listCodes": () => ({}),
      "referrals.createCode": () => ({
        body: { program: "default", maxUses: 2, expiresAt: "2036-01-01T00:00:00.000Z" },
      }),
      "referrals.updateCode": async ({ auth, userId }) => ({
        params: { id: (await auth.referrals.createCode({ userId })).id },
        body: { maxUses: 2, expiresAt: null, paused: true },
      }),
      "referrals.deactivateCode": async ({ auth, userId }) => ({
        params: { id: (await auth.referrals.createCode({ userId })).id },
      }),
      "referrals.checkCode": async ({ auth }) => ({ body: { code: await newCode(auth) } }),
      "referrals.followLink": async ({ auth }) => ({ body: { code: await newCode(auth) } }),
      "referrals.listReferrals": () => ({ query: { limit: "10" } }),
      "referrals.listRewards": () => ({ query: { limit: "10" } }),
      "referrals.stats": () => ({ query: { days: "7", program: "default" } }),
      "referrals.leaderboard": () => ({ query: { limit: "5", program: "default" } }),
      "referrals.setProfile": () => ({ body: { displayName: "Ann", listed: true, program: "default" } }),
    },
  },
});
