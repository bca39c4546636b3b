import { beforeAll, expect, it } from "vitest";
import type { RewardUnderReview } from "wispy-auth/referrals";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { allAtOnce, errorCode, tally } from "../../suite/core/support/error-code.ts";
import { newOwner, prepareSignUps, type PreparedReferral } from "./support/prepare-sign-ups.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";
import { brokenRules } from "./support/referral-books.ts";

const rewards = { referrer: { amount: 500, unit: "cent" }, referee: { amount: 100, unit: "cent" } };
const limit = 20;
const cap = 25;
const day = 86_400;

forEachDatabase("more referrals in a day than need no review", (ctx) => {
  let auth: ReferralAuth;
  let strict: ReferralAuth;
  beforeAll(async () => {
    const programs = {
      open: rewards,
      capped: { ...rewards, maxRewardsPerReferrer: cap },
      slow: { ...rewards, qualification: "manual", holdingPeriodSeconds: 60 },
    } as const;
    const review = { sameAddressWithinSeconds: 0, maxReferralsPerDay: limit };
    auth = await createReferralAuth(ctx, { programs, review });
    strict = await createReferralAuth(ctx, { programs, review, requireReferralCode: true });
  });

  const newCode = async (userId: string, program = "open"): Promise<string> =>
    (await auth.referrals.createCode({ userId, program })).code;
  const expectOrder = async (): Promise<void> =>
    expect(await brokenRules(ctx, { capped: "capped", cap, maxCodesPerUser: 5 })).toEqual({});

  /** What became of a referrer's referrals: the states of each side with the reason of the first entry, and the signals. */
  const outcomes = async (userId: string) => {
    const found = await ctx.host.query(
      `select w.role, w.state, e.to_state, e.reason, r.signals from ${ctx.table("referrals")} r
        left join ${ctx.table("referral_rewards")} w on w.referral_id = r.id
        left join ${ctx.table("referral_entries")} e on e.reward_id = w.id and e.number = 1
        where r.referrer_id = $1 order by r.id`,
      [userId],
    );
    const signals = found.map(({ signals: one }) =>
      typeof one === "string" ? (JSON.parse(one) as unknown) : one,
    ) as readonly (readonly { kind: string; referralsToday?: number }[])[];
    const sideOf = (role: string) =>
      tally(
        found
          .filter((row) => row["role"] === role)
          .map(({ state, to_state, reason }) => [state, to_state, reason].join(" ").trim()),
      );
    return {
      referrer: sideOf("referrer"),
      referee: sideOf("referee"),
      numbers: [...new Set(signals.flat().map(({ referralsToday }) => referralsToday))].sort(
        (one, other) => one! - other!,
      ),
    };
  };
  const from21 = (last: number) => Array.from({ length: last - limit }, (_, i) => limit + 1 + i);

  it("are exactly those beyond the limit, of 60 at once: held for it on both sides, and in no other balance", async () => {
    const userId = await newOwner(auth);
    const prepared = await prepareSignUps(auth, { code: await newCode(userId), count: 60 });
    const made = await allAtOnce(60, (i) => auth.signUp(prepared[i]!));
    const sides = { "approved approved": limit, "held held velocity": 60 - limit };
    expect(await outcomes(userId)).toEqual({ referrer: sides, referee: sides, numbers: from21(60) });
    expect(await auth.referrals.balances(userId)).toMatchObject([
      { approved: limit * 500, held: (60 - limit) * 500, pending: 0 },
    ]);
    const told = await allAtOnce(60, async (i) => {
      const events = await auth.listEvents(made[i]!.user.id);
      return JSON.stringify(events.find(({ type }) => type === "referrals.redeemed")!.data["signals"]);
    });
    expect(tally(told)).toEqual({ "[]": limit, '["velocity"]': 60 - limit });
    await expectOrder();
  });

  it("are those of all codes of one referrer together, and of nobody else", async () => {
    const [userId, other] = [await newOwner(auth), await newOwner(auth)];
    const codes = [await newCode(userId), await newCode(userId), await newCode(other)];
    const prepared = await Promise.all(codes.map((code) => prepareSignUps(auth, { code, count: 15 })));
    await allAtOnce(45, (i) => auth.signUp(prepared[i % 3]![(i / 3) | 0]!));
    expect(await outcomes(userId)).toMatchObject({
      referrer: { "approved approved": limit, "held held velocity": 10 },
      numbers: from21(30),
    });
    expect(await outcomes(other)).toMatchObject({ referrer: { "approved approved": 15 }, numbers: [] });
    await expectOrder();
  });

  it("are counted for each program by itself, and from nought on the next day of UTC", async () => {
    const userId = await newOwner(auth);
    const open = await prepareSignUps(auth, { code: await newCode(userId), count: 22 });
    const slow = await prepareSignUps(auth, { code: await newCode(userId, "slow"), count: 22 });
    await allAtOnce(44, (i) => auth.signUp((i % 2 === 0 ? open : slow)[(i / 2) | 0]!));
    expect(await outcomes(userId)).toMatchObject({
      referrer: { "approved approved": limit, "pending pending": limit, "held held velocity": 4 },
      numbers: [21, 22],
    });
    auth.clock.advance(day);
    await auth.signUp({ ...newCredentials(), referralCode: await newCode(userId) });
    expect(await outcomes(userId)).toMatchObject({ referrer: { "approved approved": limit + 1 } });
    await expectOrder();
  });

  it.each(["for everybody", "where a code is needed"])(
    "are found where rewards are capped, %s",
    async (where) => {
      const by = where === "for everybody" ? auth : strict;
      const userId = await newOwner(auth);
      const prepared = await prepareSignUps(by, { code: await newCode(userId, "capped"), count: 40 });
      await allAtOnce(40, (i) => by.signUp(prepared[i]!));
      expect(await outcomes(userId)).toEqual({
        referrer: { "approved approved": limit, "held held velocity": cap - limit },
        referee: { "approved approved": limit, "held held velocity": 40 - limit },
        numbers: from21(40),
      });
      await expectOrder();
    },
  );

  it("are found where a code is needed", async () => {
    const userId = await newOwner(auth);
    const prepared = await prepareSignUps(strict, { code: await newCode(userId), count: 30 });
    await allAtOnce(30, (i) => strict.signUp(prepared[i]!));
    const sides = { "approved approved": limit, "held held velocity": 10 };
    expect(await outcomes(userId)).toEqual({ referrer: sides, referee: sides, numbers: from21(30) });
    await expectOrder();
  });

  it("are not those that were undone, or that found an account", async () => {
    const userId = await newOwner(auth);
    const code = await newCode(userId);
    const [taken, ...prepared] = await prepareSignUps(auth, { code, count: 24 });
    await auth.signUp(taken!);
    const again = await auth.prepareSignUp({ ...newCredentials(), referralCode: code });
    const undone = await errorCode(
      inOwnTransaction(async (handle) => {
        await joined(handle).signUp(again);
      }),
    );
    expect(undone).toBe("none");
    const same = await prepareSignUps(auth, { code, count: 1 });
    await allAtOnce(10, () => errorCode(auth.signUp(same[0]!)));
    await allAtOnce(18, (i) => auth.signUp(prepared[i]!));
    expect(await outcomes(userId)).toMatchObject({ referrer: { "approved approved": limit }, numbers: [] });
    await auth.signUp(prepared[18]!);
    expect(await outcomes(userId)).toMatchObject({ numbers: [21] });
    await expectOrder();
  });

  it("are found in the application's own transaction", async () => {
    const userId = await newOwner(auth);
    const code = await newCode(userId);
    const prepared = await prepareSignUps(auth, { code, count: limit + 2 });
    for (const one of prepared.slice(0, limit)) await auth.signUp(one);
    await inOwnTransaction(async (handle, end) => {
      for (const one of prepared.slice(limit)) await joined(handle).signUp(one);
      await end();
    });
    expect(await outcomes(userId)).toMatchObject({
      referrer: { "approved approved": limit, "held held velocity": 2 },
      numbers: [21, 22],
    });
    await expectOrder();
  });

  it("wait in the review queue with the number of the day, and are paid once somebody approves them", async () => {
    const userId = await newOwner(auth);
    const code = await newCode(userId);
    const prepared = await prepareSignUps(auth, { code, count: limit + 1 });
    for (const one of prepared) await auth.signUp(one);
    const queue: RewardUnderReview[] = [];
    for (let after: string | undefined; ; after = queue.at(-1)!.id) {
      const page = await auth.referrals.listHeldRewards({ limit: 100, ...(after && { after }) });
      queue.push(...page);
      if (page.length < 100) break;
    }
    const own = queue.filter((reward) => reward.referrerId === userId);
    expect(own.map(({ role, signals }) => [role, signals])).toEqual(
      ["referrer", "referee"].map((role) => [role, [{ kind: "velocity", referralsToday: limit + 1 }]]),
    );
    for (const { id } of own) await auth.referrals.approveReward(id);
    for (const { id } of own) await auth.referrals.fulfilReward(id);
    expect(await auth.referrals.balances(userId)).toMatchObject([
      { approved: limit * 500, held: 0, fulfilled: 500 },
    ]);
    await expectOrder();
  });

  // Synchronous on SQLite, a promise on PostgreSQL.
  const joined = (handle: unknown): { signUp(prepared: PreparedReferral): unknown } =>
    auth.within(handle as never);

  /** Runs in a transaction of the application's, which is undone unless it is ended. */
  const inOwnTransaction = async (
    run: (handle: unknown, end: () => unknown) => Promise<void>,
  ): Promise<void> => {
    if (ctx.dialect === "sqlite") {
      const { sqlite } = ctx.host;
      sqlite.exec("begin immediate");
      await run(sqlite, () => sqlite.exec("commit"));
      if (sqlite.inTransaction) sqlite.exec("rollback");
      return;
    }
    const client = await ctx.host.pool.connect();
    try {
      await client.query("begin");
      await run(client, () => client.query("commit"));
      await client.query("rollback");
    } finally {
      client.release();
    }
  };
});
