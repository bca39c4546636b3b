import { beforeAll, expect, it } from "vitest";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { newOwner } from "./support/prepare-sign-ups.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";
import { brokenRules } from "./support/referral-books.ts";

const day = 86_400;

forEachDatabase("the days of referrals", (ctx) => {
  let auth: ReferralAuth;
  beforeAll(async () => {
    auth = await createReferralAuth(ctx, { programs: { later: { qualification: "manual" } } });
  });

  const counts = async (userId: string) => {
    const own = await auth.referrals.stats(userId, { days: 3 });
    const all = await auth.referrals.programStats({ days: 3 });
    return {
      own: [own.referrals, own.qualified],
      ownDays: own.daily.map(({ referrals, qualified }) => [referrals, qualified]),
      all: [all.referrals, all.qualified],
      allDays: all.daily.map(({ referrals, qualified }) => [referrals, qualified]),
    };
  };

  it("count a referral when it was made and when it qualified, and one that is rejected as made alone", async () => {
    const userId = await newOwner(auth);
    const { code } = await auth.referrals.createCode({ userId });
    const referees: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      referees.push((await auth.signUp({ ...newCredentials(), referralCode: code })).user.id);
    }
    auth.clock.advance(day);
    for (const referee of referees.slice(0, 2)) expect(await auth.referrals.qualify(referee)).toBe(true);
    auth.clock.advance(day);
    const before = [
      [3, 0],
      [0, 2],
      [0, 0],
    ];
    expect(await counts(userId)).toEqual({ own: [3, 2], ownDays: before, all: [3, 2], allDays: before });

    const made = await ctx.host.query(
      `select id, state from ${ctx.table("referrals")} where referrer_id = $1 order by state desc, id`,
      [userId],
    );
    expect(made.map(({ state }) => state)).toEqual(["qualified", "qualified", "pending"]);
    // One that counted, on the day before, and one that never did; each twice.
    for (const { id } of [made[0]!, made[2]!]) {
      expect(await auth.referrals.rejectReferral(String(id), { reason: "made up" })).toBe(true);
      expect(await auth.referrals.rejectReferral(String(id), { reason: "made up" })).toBe(false);
    }
    const after = [
      [3, 0],
      [0, 1],
      [0, 0],
    ];
    expect(await counts(userId)).toEqual({ own: [3, 1], ownDays: after, all: [3, 1], allDays: after });
    expect(await brokenRules(ctx, { capped: "none", cap: 0, maxCodesPerUser: 5 })).toEqual({});
  });

  it("lose a rejected referral for everybody together when the referrer is gone", async () => {
    const userId = await newOwner(auth);
    const { code } = await auth.referrals.createCode({ userId });
    const { user } = await auth.signUp({ ...newCredentials(), referralCode: code });
    await auth.referrals.qualify(user.id);
    const { qualified } = await auth.referrals.programStats();
    const [made] = await ctx.host.query(`select id from ${ctx.table("referrals")} where referee_id = $1`, [
      user.id,
    ]);
    await auth.users.delete(userId);
    expect(await auth.referrals.rejectReferral(String(made!["id"]), { reason: "made up" })).toBe(true);
    expect((await auth.referrals.programStats()).qualified).toBe(qualified - 1);
    expect(await brokenRules(ctx, { capped: "none", cap: 0, maxCodesPerUser: 5 })).toEqual({});
  });
});
