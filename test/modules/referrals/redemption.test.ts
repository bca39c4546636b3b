import { beforeAll, expect, it } from "vitest";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { errorCode } from "../../suite/core/support/error-code.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";

forEachDatabase("a sign-up with a referral code", (ctx) => {
  let auth: ReferralAuth;
  let strict: ReferralAuth;
  beforeAll(async () => {
    const programs = {
      default: { referrer: { amount: 500, unit: "cent" }, referee: { amount: 100, unit: "cent" } },
    };
    auth = await createReferralAuth(ctx, { programs });
    strict = await createReferralAuth(ctx, { programs, requireReferralCode: true });
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
});
