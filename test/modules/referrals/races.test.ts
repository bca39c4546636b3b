import { beforeAll, expect, it } from "vitest";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { allAtOnce, errorCode, tally } from "../../suite/core/support/error-code.ts";
import { newOwner, prepareSignUps } from "./support/prepare-sign-ups.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";
import { brokenRules } from "./support/referral-books.ts";

const cap = 3;
const maxCodesPerUser = 4;
const rewards = { referrer: { amount: 500, unit: "cent" }, referee: { amount: 100, unit: "cent" } };

forEachDatabase("referrals at the same moment", (ctx) => {
  let auth: ReferralAuth;
  let strict: ReferralAuth;
  beforeAll(async () => {
    const programs = {
      open: rewards,
      capped: { ...rewards, maxRewardsPerReferrer: cap },
      manual: { ...rewards, qualification: "manual" },
    } as const;
    const review = { sameAddressWithinSeconds: 0, sameDevice: false, maxReferralsPerDay: 1_000_000 };
    auth = await createReferralAuth(ctx, { programs, review, maxCodesPerUser });
    strict = await createReferralAuth(ctx, { programs, review, requireReferralCode: true });
  });

  const expectOrder = async (): Promise<void> =>
    expect(await brokenRules(ctx, { capped: "capped", cap, maxCodesPerUser })).toEqual({});
  const entriesOf = async (rewardId: string): Promise<readonly unknown[]> =>
    (
      await ctx.host.query(
        `select to_state from ${ctx.table("referral_entries")} where reward_id = $1 order by number`,
        [rewardId],
      )
    ).map((row) => row["to_state"]);

  it("DB-08: a cap of 3 rewards is held by 40 at once, all of whom count and are rewarded themselves", async () => {
    const userId = await newOwner(auth);
    const { code } = await auth.referrals.createCode({ userId, program: "capped" });
    const prepared = await prepareSignUps(auth, { code, count: 40 });
    const made = await allAtOnce(40, (i) => auth.signUp(prepared[i]!));
    expect(await auth.referrals.listRewards(userId)).toHaveLength(cap);
    expect(await auth.referrals.balances(userId)).toMatchObject([{ approved: cap * 500 }]);
    expect(await auth.referrals.stats(userId, { program: "capped" })).toMatchObject({ referrals: 40 });
    for (const { user } of made) {
      expect(await auth.referrals.balances(user.id)).toMatchObject([{ approved: 100 }]);
    }
    // What is worth nothing any more makes room for one.
    const [first] = await auth.referrals.listRewards(userId);
    await allAtOnce(5, () => auth.referrals.reverseReward(first!.id, { reason: "paid back" }));
    const others = await prepareSignUps(auth, { code, count: 5 });
    await allAtOnce(5, (i) => auth.signUp(others[i]!));
    expect(await auth.referrals.listRewards(userId)).toHaveLength(cap + 1);
    await expectOrder();
  });

  it("DB-08: one referee is one award, whoever sends the sign-up how often", async () => {
    const userId = await newOwner(auth);
    const { code } = await auth.referrals.createCode({ userId });
    const account = { ...newCredentials(), referralCode: code };
    const prepared = await allAtOnce(5, () => auth.prepareSignUp(account));
    const results = await allAtOnce(20, (i) => errorCode(auth.signUp(prepared[i % 5]!)));
    expect(tally(results)).toEqual({ none: 4, user_exists: 16 });
    expect(await auth.referrals.listCodes(userId)).toMatchObject([{ uses: 1 }]);
    expect(await auth.referrals.listRewards(userId)).toHaveLength(1);
    await expectOrder();
  });

  it.each([
    ["friend+two@example.com", "friend@example.com"],
    ["Friend.Of.Mine+prize@gmail.com", "friendofmine@gmail.com"],
    ["f.riendofothers@googlemail.com", "friend.of.others+1@gmail.com"],
  ])("DB-08: nobody is awarded for bringing themselves: %s of %s", async (alias, address) => {
    const { id: userId } = await auth.users.create({ email: address });
    const { code } = await auth.referrals.createCode({ userId });
    const account = { ...newCredentials(), email: alias, referralCode: code };
    expect(await errorCode(strict.signUp(account))).toBe("referrals.self_referral");
    const { referrals, user } = await auth.signUp(account);
    expect(referrals).toEqual({ redeemed: false, reason: "self_referral" });
    expect(await auth.referrals.listRewards(userId)).toEqual([]);
    expect(await auth.referrals.listRewards(user.id)).toEqual([]);
  });

  it("a reward that 20 approve has one more entry, and one event", async () => {
    const userId = await newOwner(auth);
    const { code } = await auth.referrals.createCode({ userId });
    await auth.signUp({ ...newCredentials(), referralCode: code });
    const [reward] = await auth.referrals.listRewards(userId);
    await auth.referrals.holdReward(reward!.id, { reason: "looks odd" });
    const states = await allAtOnce(20, async () => (await auth.referrals.approveReward(reward!.id)).state);
    expect(tally(states)).toEqual({ approved: 20 });
    expect(await entriesOf(reward!.id)).toEqual(["approved", "held", "approved"]);
    const events = await auth.listEvents(userId);
    expect(events.filter(({ type }) => type === "referrals.reward_approved")).toHaveLength(1);
  });

  it("a reward that is paid, held and taken back at once goes one way after the other", async () => {
    const userId = await newOwner(auth);
    const { code } = await auth.referrals.createCode({ userId });
    const prepared = await prepareSignUps(auth, { code, count: 12 });
    for (const one of prepared) await auth.signUp(one);
    for (const { id } of await auth.referrals.listRewards(userId)) {
      const reason = "whatever";
      const moves = [
        () => auth.referrals.fulfilReward(id),
        () => auth.referrals.holdReward(id, { reason }),
        () => auth.referrals.approveReward(id),
        () => auth.referrals.reverseReward(id, { reason }),
        () => auth.referrals.rejectReward(id, { reason }),
      ];
      const results = await allAtOnce(15, (i) => errorCode(moves[i % 5]!()));
      expect(Object.keys(tally(results)).sort()).toEqual(["none", "referrals.reward_state"]);
    }
    await expectOrder();
  });

  it("a referral that many say qualifies, and some reject, is counted once", async () => {
    const userId = await newOwner(auth);
    const { code } = await auth.referrals.createCode({ userId, program: "manual" });
    const prepared = await prepareSignUps(auth, { code, count: 8 });
    const made = await allAtOnce(8, (i) => auth.signUp(prepared[i]!));
    const [referral] = await auth.referrals.listReferrals(userId);
    const results = await allAtOnce(40, async (i) => {
      if (i % 10 === 9) return auth.referrals.rejectReferral(referral!.id, { reason: "a duplicate" });
      return auth.referrals.qualify(made[i % 8]!.user.id);
    });
    expect(results.filter(Boolean).length).toBeGreaterThanOrEqual(8);
    expect(await auth.referrals.stats(userId, { program: "manual" })).toMatchObject({
      referrals: 8,
      qualified: 7,
    });
    await expectOrder();
  });

  it("a user who asks for 20 codes at once, in all programs, gets as many as allowed", async () => {
    const userId = await newOwner(auth);
    const results = await allAtOnce(20, (i) =>
      errorCode(auth.referrals.createCode({ userId, program: ["open", "capped", "manual"][i % 3]! })),
    );
    expect(tally(results)).toEqual({ none: maxCodesPerUser, "referrals.too_many_codes": 16 });
    await expectOrder();
  });

  it("20 who choose the same code get one", async () => {
    const owners = await allAtOnce(20, () => newOwner(auth));
    const results = await allAtOnce(20, (i) =>
      errorCode(
        auth.referrals.createCode({ userId: owners[i]!, code: i % 2 ? "SPR1NG-2026" : "spring2026" }),
      ),
    );
    expect(tally(results)).toEqual({ none: 1, "referrals.code_taken": 19 });
  });

  it("a user who goes while the code is redeemed is named nowhere afterwards", async () => {
    for (let round = 0; round < 6; round += 1) {
      const userId = await newOwner(auth);
      const program = ["open", "capped", "manual"][round % 3]!;
      const { code } = await auth.referrals.createCode({ userId, program });
      const prepared = await prepareSignUps(auth, { code, count: 12 });
      const results = await allAtOnce(16, async (i) => {
        if (i < 12) return errorCode(auth.signUp(prepared[i]!));
        if (i === 12) return errorCode(auth.users.delete(userId));
        if (i === 13) return errorCode(auth.referrals.createCode({ userId, program }));
        if (i === 14)
          return errorCode(auth.referrals.setProfile(userId, { displayName: "Me", listed: true }));
        return errorCode(auth.referrals.createCode({ userId, program }));
      });
      expect(results.filter((code) => code !== "none" && code !== "not_found")).toEqual([]);
      await expectOrder();
    }
  });
});
