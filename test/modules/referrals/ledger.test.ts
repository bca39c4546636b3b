import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { allAtOnce, errorCode } from "../../suite/core/support/error-code.ts";
import { newOwner, prepareSignUps, type PreparedReferral } from "./support/prepare-sign-ups.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";
import { brokenRules } from "./support/referral-books.ts";

/** What is done, and to whom: numbers that pick one of those there are. `hot` picks what the whole batch is about. */
interface Operation {
  readonly kind: keyof typeof weights;
  readonly pick: number;
  readonly hot: boolean;
}

const weights = {
  signUp: 3,
  createCode: 2,
  setProfile: 1,
  qualify: 6,
  holdReward: 12,
  approveReward: 16,
  rejectReward: 5,
  fulfilReward: 8,
  reverseReward: 6,
  rejectReferral: 2,
  cleanUp: 1,
  deleteUser: 1,
} as const;

const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.oneof(
    ...Object.entries(weights).map(([kind, weight]) => ({
      weight,
      arbitrary: fc.constant(kind as Operation["kind"]),
    })),
  ),
  pick: fc.nat({ max: 1_000_000 }),
  hot: fc.boolean(),
});

const runs = 6;
/** Ten thousand together. On PostgreSQL each waits for a server, on SQLite for nobody. */
const operationsOfRun = { postgres: 600, sqlite: 1100 };
const signUpsOfRun = 14;
const batchSizes = [1, 6, 16, 27];

/** What an operation may be answered with: the reward went another way, the user is gone, there are codes enough. */
const refusals: readonly string[] = [
  "none",
  "referrals.reward_state",
  "referrals.too_many_codes",
  "not_found",
];

const cap = 3;
const maxCodesPerUser = 4;
const reason = "as somebody decided";

forEachDatabase("the ledger of rewards", (ctx) => {
  let auth: ReferralAuth;
  const codes: string[] = [];
  const users: string[] = [];
  let redeemed = 0;

  beforeAll(async () => {
    const rewards = { referrer: { amount: 500, unit: "cent" }, referee: { amount: 100, unit: "cent" } };
    auth = await createReferralAuth(ctx, {
      programs: {
        held: { ...rewards, qualification: "manual", holdingPeriodSeconds: 3600 },
        capped: { ...rewards, maxRewardsPerReferrer: cap },
        odd: { referrer: { amount: 7, unit: "credit" }, holdingPeriodSeconds: 60 },
      },
      // Beyond the third of a day, rewards begin under review.
      review: { sameAddressWithinSeconds: 0, sameDevice: false, maxReferralsPerDay: 3 },
      maxCodesPerUser,
    });
    for (let i = 0; i < 9; i += 1) {
      const userId = await newOwner(auth);
      users.push(userId);
      codes.push(
        (await auth.referrals.createCode({ userId, program: ["held", "capped", "odd"][i % 3]! })).code,
      );
    }
  });

  const idsOf = async (table: string): Promise<readonly string[]> =>
    (await ctx.host.query(`select id from ${ctx.table(table)} order by id`)).map((row) => String(row["id"]));

  interface Stage {
    readonly rewards: readonly string[];
    readonly referrals: readonly string[];
    readonly prepared: PreparedReferral[];
    readonly batch: number;
  }

  const perform = async ({ kind, pick, hot }: Operation, stage: Stage): Promise<unknown> => {
    const number = hot ? stage.batch : pick;
    const one = <T>(from: readonly T[]): T | undefined => from[number % Math.max(1, from.length)];
    const { referrals } = auth;
    const userId = one(users)!;
    const rewardId = one(stage.rewards);
    switch (kind) {
      case "signUp": {
        const prepared = stage.prepared.pop();
        if (prepared === undefined) return;
        const made = await auth.signUp(prepared);
        users.push(made.user.id);
        if (made.referrals?.redeemed === true) redeemed += 1;
        return;
      }
      case "createCode": {
        const program = ["held", "capped", "odd"][pick % 3]!;
        return codes.push((await referrals.createCode({ userId, program })).code);
      }
      case "setProfile":
        return referrals.setProfile(userId, { displayName: "Somebody", listed: true, program: "capped" });
      case "qualify":
        return referrals.qualify(userId);
      case "cleanUp":
        auth.clock.advance(pick % 3000);
        return auth.cleanUp();
      case "deleteUser":
        // Most stay, or there is soon nobody left to be wrong about.
        return pick % 4 === 0 ? auth.users.delete(userId) : undefined;
      case "rejectReferral":
        return stage.referrals.length > 0 && referrals.rejectReferral(one(stage.referrals)!, { reason });
      default:
        return rewardId === undefined ? undefined : referrals[kind](rewardId, { reason });
    }
  };

  const performAll = async (operations: readonly Operation[]): Promise<void> => {
    const prepared: PreparedReferral[] = [];
    for (let i = 0; i < signUpsOfRun; i += 1) {
      prepared.push(...(await prepareSignUps(auth, { code: codes.at(-1 - i * 2) ?? codes[0]!, count: 1 })));
    }
    for (let next = 0, batch = 0; next < operations.length; batch += 1) {
      const size = batchSizes[batch % batchSizes.length]!;
      const some = operations.slice(next, next + size);
      next += size;
      const [rewards, referrals] = [await idsOf("referral_rewards"), await idsOf("referrals")];
      const stage = { rewards, referrals, prepared, batch: batch * 7 };
      const results = await allAtOnce(some.length, (i) => errorCode(perform(some[i]!, stage)));
      expect(results.filter((code) => !refusals.includes(code))).toEqual([]);
    }
  };

  it("adds up after thousands of operations, many at once, in any order", { timeout: 240_000 }, async () => {
    const length = operationsOfRun[ctx.dialect];
    let performed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: length, maxLength: length }), async (operations) => {
        await performAll(operations);
        performed += operations.length;
        expect(await brokenRules(ctx, { capped: "capped", cap, maxCodesPerUser })).toEqual({});
      }),
      { seed: 20_261_124, numRuns: runs, endOnFailure: true },
    );
    expect(performed).toBe(runs * length);
    // Not a referral more or less than sign-ups were told of, whoever is gone since.
    expect(await idsOf("referrals")).toHaveLength(redeemed);
    expect(redeemed).toBeGreaterThan(30);
    auth.clock.advance(86_400);
    await auth.cleanUp();
    const due = await ctx.host.query(
      `select id from ${ctx.table("referral_rewards")} where state = 'pending' and available_at is not null`,
    );
    expect(due).toEqual([]);
    const reached = await ctx.host.query(
      `select distinct state from ${ctx.table("referral_rewards")} order by state`,
    );
    expect(reached.map(({ state }) => state)).toEqual(
      expect.arrayContaining(["approved", "fulfilled", "held", "rejected", "reversed"]),
    );
    expect(await brokenRules(ctx, { capped: "capped", cap, maxCodesPerUser })).toEqual({});
  });

  it("forgets a user in programs that were taken out of the options too", async () => {
    const rewards = { referrer: { amount: 1, unit: "point" } };
    const before = await createReferralAuth(ctx, { programs: { former: rewards } });
    const userId = await newOwner(before);
    const { code } = await before.referrals.createCode({ userId });
    const [prepared] = await prepareSignUps(before, { code, count: 1 });
    await before.signUp(prepared!);
    expect(await auth.users.delete(userId)).toBe(true);
    expect(await brokenRules(ctx, { capped: "capped", cap, maxCodesPerUser })).toEqual({});
  });
});
