import { beforeAll, describe, expect, it } from "vitest";
import { createAuth, isAuthError } from "wispy-auth";
import { defineModule, sql, statement, usersTable, uuid, type ModuleHooks } from "wispy-auth/module";
import { referrals } from "wispy-auth/referrals";
import { cheapHasher, newCredentials, testBaseUrl } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { errorCode } from "../../suite/core/support/error-code.ts";
import { newOwner } from "./support/prepare-sign-ups.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";

const refusal = new Error("the module after referrals refuses");

const refuse = (): never => {
  throw refusal;
};

const findNewcomer = statement({
  id: "refuses.find_newcomer",
  params: { id: uuid },
  row: { id: usersTable.id },
  sql: (p, row) => sql`select ${row} from ${usersTable} where ${usersTable.id} = ${p.id}`,
});

type Hooks = ModuleHooks<object, unknown>;

/** Where a later module may fail in the transaction of a sign-up that brings a code. */
const placesInside = {
  "as its script is made": { signUp: () => refuse },
  "as its script begins": { signUp: () => () => refuse },
  "after statements of its own": {
    signUp:
      () =>
      ({ user }) =>
        function* (tx) {
          yield* tx.one(findNewcomer, { id: user.id });
          return refuse();
        },
  },
  "as a user is made": { userCreated: () => refuse },
} satisfies Readonly<Record<string, Hooks>>;

const places = { "before the transaction": { signUp: refuse }, ...placesInside };

/** A module that comes after referrals in the same sign-up, and refuses it. */
const refuses = (hooks: Hooks) =>
  defineModule({
    name: "refuses",
    dependsOn: ["referrals"],
    statements: [findNewcomer],
    start: () => ({ api: {}, hooks }),
  });

const programs = {
  open: { referrer: { amount: 500, unit: "cent" }, referee: { amount: 100, unit: "cent" } },
  capped: { referrer: { amount: 500, unit: "cent" }, maxRewardsPerReferrer: 5 },
};

const toText = (error: unknown): string => (isAuthError(error) ? error.code : (error as Error).message);

forEachDatabase("a referral and its user", (ctx) => {
  let auth: ReferralAuth;
  let strict: ReferralAuth;
  beforeAll(async () => {
    auth = await createReferralAuth(ctx, { programs });
    strict = await createReferralAuth(ctx, { programs, requireReferralCode: true });
    await ctx.host.query("create table if not exists notes (author text not null)");
  });

  const startRefusing = (hooks: Hooks) =>
    createAuth({
      database: ctx.host.native,
      baseUrl: testBaseUrl,
      password: { hasher: cheapHasher },
      log: () => undefined,
      ...ctx.authOptions,
      // Whatever the order in which they are named.
      modules: [refuses(hooks), referrals({ programs })],
    });

  const tables = [
    "users",
    "sessions",
    "events",
    "referrals",
    "referral_rewards",
    "referral_entries",
    "referral_balances",
    "referral_members",
    "referral_days",
  ];
  /** How many rows there are, and how often codes were used. */
  const inventory = async (): Promise<Readonly<Record<string, number>>> => {
    const found: Record<string, number> = {};
    for (const table of tables) {
      const [row] = await ctx.host.query(`select count(*) as n from ${ctx.table(table)}`);
      found[table] = Number(row!["n"]);
    }
    const [row] = await ctx.host.query(`select sum(uses) as n from ${ctx.table("referral_codes")}`);
    const [notes] = await ctx.host.query("select count(*) as n from notes");
    return { ...found, uses: Number(row!["n"]), notes: Number(notes!["n"]) };
  };

  const newCode = async (program: string, maxUses: number | null = null): Promise<string> => {
    const userId = await newOwner(auth);
    return (await auth.referrals.createCode({ userId, program, maxUses })).code;
  };

  describe.each(Object.entries(places))("are not there when a later module refuses %s", (_, hooks) => {
    it.each(["open", "capped"])("%s", async (program) => {
      const refusing = await startRefusing(hooks);
      const account = { ...newCredentials(), referralCode: await newCode(program) };
      const before = await inventory();
      await expect(refusing.signUp(account)).rejects.toThrow(refusal.message);
      expect(await inventory()).toEqual(before);
      expect((await auth.signUp(account)).referrals).toEqual({ redeemed: true, program });
      await refusing.close();
    });
  });

  it.each(Object.entries(placesInside))(
    "are not there when a later module refuses %s inside the application's, which goes on",
    async (_, hooks) => {
      const refusing = await startRefusing(hooks);
      const account = { ...newCredentials(), referralCode: await newCode("open") };
      const prepared = [await refusing.prepareSignUp(account)];
      const before = await inventory();
      expect(await inTransaction(refusing, { prepared, end: "commit" })).toEqual([refusal.message]);
      expect(await inventory()).toEqual({ ...before, notes: before["notes"]! + 2 });
      expect((await auth.signUp(account)).referrals).toEqual({ redeemed: true, program: "open" });
      await refusing.close();
    },
  );

  type Prepared = Awaited<ReturnType<ReferralAuth["prepareSignUp"]>>;
  /** What joined sign-ups do in a transaction of the application's, each with what it answered or refused. */
  const inTransaction = async (
    by: Pick<ReferralAuth, "within">,
    { prepared, end }: { readonly prepared: readonly Prepared[]; readonly end: "commit" | "rollback" },
  ): Promise<readonly unknown[]> => {
    const results: unknown[] = [];
    if (ctx.dialect === "sqlite") {
      const { sqlite } = ctx.host;
      sqlite.exec("begin immediate");
      sqlite.exec("insert into notes (author) values ('the application')");
      for (const one of prepared) {
        try {
          results.push(by.within(sqlite).signUp(one).referrals);
        } catch (error) {
          results.push(toText(error));
        }
      }
      sqlite.exec("insert into notes (author) values ('the application')");
      sqlite.exec(end);
      return results;
    }
    const client = await ctx.host.pool.connect();
    try {
      await client.query("begin");
      await client.query("insert into notes (author) values ('the application')");
      for (const one of prepared) {
        const joined = by.within(client).signUp(one);
        results.push(await joined.then((made) => made.referrals, toText));
      }
      await client.query("insert into notes (author) values ('the application')");
      await client.query(end);
    } finally {
      client.release();
    }
    return results;
  };

  it.each(["open", "capped"])(
    "go with the application's transaction, or stay with it: %s",
    async (program) => {
      const account = { ...newCredentials(), referralCode: await newCode(program) };
      const prepared = [await auth.prepareSignUp(account)];
      const before = await inventory();
      const redeemed = [{ redeemed: true, program }];
      expect(await inTransaction(auth, { prepared, end: "rollback" })).toEqual(redeemed);
      expect(await inventory()).toEqual(before);
      expect(await errorCode(auth.signIn(account))).toBe("invalid_credentials");
      expect(await inTransaction(auth, { prepared, end: "commit" })).toEqual(redeemed);
      const rewards = program === "open" ? 2 : 1;
      expect(await inventory()).toMatchObject({
        users: before["users"]! + 1,
        referrals: before["referrals"]! + 1,
        referral_rewards: before["referral_rewards"]! + rewards,
        referral_entries: before["referral_entries"]! + rewards,
        uses: before["uses"]! + 1,
        notes: before["notes"]! + 2,
      });
      expect((await auth.signIn(account)).user.email).toBe(account.email);
    },
  );

  it("are refused inside the application's transaction without spoiling it", async () => {
    const code = await newCode("open", 1);
    const accounts = [newCredentials(), newCredentials(), newCredentials()];
    const other = await newCode("capped");
    const prepared: Prepared[] = [];
    for (const [i, account] of accounts.entries()) {
      prepared.push(await strict.prepareSignUp({ ...account, referralCode: i === 2 ? other : code }));
    }
    const before = await inventory();
    expect(await inTransaction(strict, { prepared, end: "commit" })).toEqual([
      { redeemed: true, program: "open" },
      "referrals.code_used_up",
      { redeemed: true, program: "capped" },
    ]);
    expect(await inventory()).toMatchObject({
      users: before["users"]! + 2,
      referrals: before["referrals"]! + 2,
      uses: before["uses"]! + 2,
      notes: before["notes"]! + 2,
    });
    expect(await errorCode(auth.signIn(accounts[1]!))).toBe("invalid_credentials");
  });
});
