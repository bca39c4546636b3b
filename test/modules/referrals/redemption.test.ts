import { beforeAll, describe, expect, it } from "vitest";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { errorCode, tally } from "../../suite/core/support/error-code.ts";
import { byManyCallers, prepareSignUps } from "./support/prepare-sign-ups.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";

forEachDatabase("a sign-up with a referral code", (ctx) => {
  let auth: ReferralAuth;
  let strict: ReferralAuth;
  beforeAll(async () => {
    const review = { sameAddressWithinSeconds: 0, sameDevice: false, maxReferralsPerDay: 1_000_000 };
    const programs = {
      default: { referrer: { amount: 500, unit: "cent" }, referee: { amount: 100, unit: "cent" } },
    };
    auth = await createReferralAuth(ctx, { programs, review, maxCodesPerUser: 1000 });
    strict = await createReferralAuth(ctx, { programs, review, requireReferralCode: true });
  });

  const newOwner = async (): Promise<string> =>
    (await auth.users.create({ email: newCredentials().email })).id;

  it("says so, and rewards both sides", async () => {
    const userId = await newOwner();
    const { code } = await auth.referrals.createCode({ userId });
    const { user, referrals } = await auth.signUp({
      ...newCredentials(),
      referralCode: ` ${code.toLowerCase()} `,
    });
    expect(referrals).toEqual({ redeemed: true, program: "default" });
    expect(await auth.referrals.balances(userId)).toMatchObject([
      { unit: "cent", approved: 500, pending: 0 },
    ]);
    expect(await auth.referrals.balances(user.id)).toMatchObject([{ unit: "cent", approved: 100 }]);
    expect(await auth.referrals.listReferrals(userId)).toMatchObject([{ code, state: "qualified" }]);
    expect(await auth.referrals.stats(userId, { days: 2 })).toMatchObject({
      referrals: 1,
      qualified: 1,
      daily: [
        { referrals: 0, qualified: 0 },
        { referrals: 1, qualified: 1 },
      ],
    });
    expect((await auth.referrals.programStats()).referrals).toBeGreaterThan(0);
    const events = await auth.listEvents(user.id);
    expect(events.map(({ type }) => type)).toContain("referrals.redeemed");
  });

  it("goes on without a referral when the code brings nobody in, and says why", async () => {
    const userId = await newOwner();
    const { code, id: codeId } = await auth.referrals.createCode({ userId, maxUses: 1 });
    const trySignUp = async () => (await auth.signUp({ ...newCredentials(), referralCode: code })).referrals;
    expect((await auth.signUp(newCredentials())).referrals).toBeNull();
    expect((await auth.signUp({ ...newCredentials(), referralCode: "NOBODYS" })).referrals).toEqual({
      redeemed: false,
      reason: "code_unknown",
    });
    await auth.referrals.updateCode({ userId, codeId, paused: true });
    expect(await trySignUp()).toEqual({ redeemed: false, reason: "code_inactive" });
    await auth.referrals.updateCode({ userId, codeId, paused: false });
    expect(await trySignUp()).toEqual({ redeemed: true, program: "default" });
    expect(await trySignUp()).toEqual({ redeemed: false, reason: "code_used_up" });
  });

  it("makes no account without a referral when one is required", async () => {
    const account = newCredentials();
    expect(await errorCode(strict.signUp(account))).toBe("referrals.code_missing");
    expect(await errorCode(strict.signUp({ ...account, referralCode: "NOBODYS" }))).toBe(
      "referrals.code_unknown",
    );
    expect(await errorCode(auth.signIn(account))).toBe("invalid_credentials");
  });

  describe.each([1, 2])("race %i", () => {
    it("is one of 200 with a code for one use", async () => {
      const userId = await newOwner();
      const { code, id } = await auth.referrals.createCode({ userId, maxUses: 1 });
      const prepared = await prepareSignUps(auth, { code, count: 200 });
      const optional = await byManyCallers(
        200,
        async (i) => (await auth.signUp(prepared[i]!)).referrals?.redeemed,
      );
      expect(tally(optional.map(String))).toEqual({ true: 1, false: 199 });
      await auth.referrals.updateCode({ userId, codeId: id, maxUses: 2 });
      const users = (await auth.users.list({ limit: 1000 })).length;
      const others = await prepareSignUps(strict, { code, count: 200 });
      const required = await byManyCallers(200, (i) => errorCode(strict.signUp(others[i]!)));
      expect(tally(required)).toEqual({ none: 1, "referrals.code_used_up": 199 });
      expect(await auth.users.list({ limit: 1000 })).toHaveLength(users + 1);
      expect(await auth.referrals.listReferrals(userId)).toHaveLength(2);
      expect(await auth.referrals.balances(userId)).toMatchObject([{ approved: 1000 }]);
    });
  });
});
