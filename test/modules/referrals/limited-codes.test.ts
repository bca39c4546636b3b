import pg from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { allAtOnce, tally } from "../../suite/core/support/error-code.ts";
import { newOwner, prepareSignUps } from "./support/prepare-sign-ups.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";
import { brokenRules } from "./support/referral-books.ts";

const rewards = { referrer: { amount: 500, unit: "cent" }, referee: { amount: 100, unit: "cent" } };
const rounds = Array.from({ length: 10 }, (_, i) => i + 1);

forEachDatabase("a code that is wanted more often than it has uses", (ctx) => {
  let optional: ReferralAuth;
  let required: ReferralAuth;
  beforeAll(async () => {
    const options = {
      database: openHurriedHandle(),
      // Hundreds come at the same moment, on a machine that may be busy: here everybody waits as long as it takes.
      pool: { connectionTimeoutSeconds: 100 },
      programs: { default: rewards },
      review: { sameAddressWithinSeconds: 0, sameDevice: false, maxReferralsPerDay: 1_000_000 },
    };
    optional = await createReferralAuth(ctx, options);
    required = await createReferralAuth(ctx, { ...options, requireReferralCode: true });
  });

  /** The race is for the code and not for the disk: no commit waits to be written. */
  const openHurriedHandle = (): unknown => {
    if (ctx.dialect === "sqlite") {
      ctx.host.sqlite.pragma("synchronous = off");
      return ctx.host.sqlite;
    }
    const options = "-c synchronous_commit=off";
    const pool = new pg.Pool({ connectionString: ctx.database.url, max: ctx.variant.poolMax, options });
    ctx.onSuiteEnd(() => pool.end());
    return pool;
  };

  const countUsers = async (): Promise<number> =>
    Number((await ctx.host.query(`select count(*) as n from ${ctx.table("users")}`))[0]!["n"]);

  /** What so many are told who sign up at once, and what is there afterwards. */
  const race = async (auth: ReferralAuth, { maxUses, count }: { maxUses: number; count: number }) => {
    const userId = await newOwner(auth);
    const { code } = await auth.referrals.createCode({ userId, maxUses });
    const prepared = await prepareSignUps(auth, { code, count });
    const before = await countUsers();
    const told = await allAtOnce(count, (i) =>
      auth.signUp(prepared[i]!).then(
        ({ referrals }) => (referrals?.redeemed === false ? `without it: ${referrals.reason}` : "redeemed"),
        (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
      ),
    );
    const [made] = await auth.referrals.listCodes(userId);
    const { referrals } = await auth.referrals.stats(userId);
    const [balance] = await auth.referrals.balances(userId);
    const accounts = (await countUsers()) - before;
    return { told: tally(told), accounts, uses: made?.uses, referrals, earned: balance?.approved };
  };

  const usedUp = "referrals.code_used_up: The referral code has been used as often as it may be";

  describe.each([
    { maxUses: 1, count: 200, rounds },
    { maxUses: 50, count: 500, rounds: [1] },
  ])("$maxUses of $count", ({ maxUses, count, rounds }) => {
    const refused = count - maxUses;
    const redeemed = { uses: maxUses, referrals: maxUses, earned: maxUses * 500 };

    it.each(rounds)(
      "DB-08: bring it, the others have an account and are told why it has none (%i)",
      async () => {
        expect(await race(optional, { maxUses, count })).toEqual({
          ...redeemed,
          told: { redeemed: maxUses, "without it: code_used_up": refused },
          accounts: count,
        });
      },
    );

    it.each(rounds)("DB-08: have an account where it takes a code, and nobody else (%i)", async () => {
      expect(await race(required, { maxUses, count })).toEqual({
        ...redeemed,
        told: { redeemed: maxUses, [usedUp]: refused },
        accounts: maxUses,
      });
    });
  });

  it("leaves the books in order", async () => {
    expect(await brokenRules(ctx, { capped: "none", cap: 0, maxCodesPerUser: 5 })).toEqual({});
  });
});
