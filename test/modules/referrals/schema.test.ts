import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { referrals } from "wispy-auth/referrals";
import { callWhile } from "../../coexistence/support/load.ts";
import { openStatementLog } from "../../schema/support/statement-log.ts";
import { cheapHasher, newCredentials, testBaseUrl } from "../../support/create-test-auth.ts";
import { forDatabase, forEachDatabase } from "../../support/for-each-database.ts";
import { allAtOnce } from "../../suite/core/support/error-code.ts";

const label = "referrals/001-referrals";

forEachDatabase("the tables of referrals", (ctx) => {
  const options = (database: unknown) => ({
    database,
    baseUrl: testBaseUrl,
    password: { hasher: cheapHasher },
    log: () => undefined,
    ...ctx.authOptions,
  });

  it("are added to a database that has the core's by their own migration alone", async () => {
    const database = await ctx.createDatabase();
    const plain = await createAuth(options(database.url));
    await plain.close();
    const log = await openStatementLog(database, inject("postgres"));
    const extended = await createAuth({ ...options(log.native), modules: [referrals()], migrate: "off" });
    log.reset();
    const progress: string[] = [];
    await extended.migrate(({ migration, state }) => progress.push(`${migration} ${state}`));
    expect(progress).toEqual([`${label} applying`, `${label} applied`]);
    // The ledger itself is asked for once more on SQLite: "if not exists".
    const made = log.statements().filter((text) => /^\s*create (unique )?(table|index) (?!if)/i.test(text));
    expect(made.filter((text) => !text.includes("referral"))).toEqual([]);
    expect(made.filter((text) => /^\s*create table/i.test(text))).toHaveLength(7);
    log.reset();
    await extended.migrate();
    expect(log.statements().filter((text) => !/^pragma foreign_keys$/i.test(text))).toHaveLength(1);
    await extended.close();
    await log.close();
  });

  /** Who applied which migrations, over all of them: the ledger takes each once, or this throws. */
  const startAll = async (kinds: readonly ("core" | "referrals")[]): Promise<readonly string[]> => {
    const database = await ctx.createDatabase();
    const host = database.open();
    const applied: string[] = [];
    await allAtOnce(kinds.length, async (i) => {
      const modules = kinds[i] === "core" ? [] : [referrals()];
      const auth = await createAuth({ ...options(host.native), modules, migrate: "off" });
      await auth.migrate(({ migration, state }) => {
        if (state === "applied") applied.push(migration);
      });
      await auth.close();
    });
    const auth = await createAuth({ ...options(host.native), modules: [referrals()], migrate: "verify" });
    const { user } = await auth.signUp(newCredentials());
    const { code } = await auth.referrals.createCode({ userId: user.id });
    const { referrals: answer } = await auth.signUp({ ...newCredentials(), referralCode: code });
    expect(answer).toEqual({ redeemed: true, program: "default" });
    await auth.close();
    return applied.sort();
  };

  it.each([
    ["the core first", ["core", "referrals"]],
    ["referrals first", ["referrals", "core"]],
  ] as const)("are made once, whoever starts among eight: %s", async (_, pair) => {
    const inOrder = [
      ...Array<(typeof pair)[0]>(4).fill(pair[0]),
      ...Array<(typeof pair)[1]>(4).fill(pair[1]),
    ];
    for (const kinds of [inOrder, [...pair, ...pair, ...pair, ...pair]]) {
      const applied = await startAll(kinds);
      expect(applied.filter((migration) => migration === label)).toEqual([label]);
      expect(new Set(applied).size).toBe(applied.length);
    }
  });

  describe("once they are there", () => {
    beforeAll(async () => {
      const auth = await createAuth({ ...options(ctx.host.native), modules: [referrals()] });
      await auth.close();
    });

    it("cost a start nothing: it stays one statement", async () => {
      const log = await openStatementLog(ctx.database, inject("postgres"));
      if ("totalCount" in log.native) await log.native.query("select 1");
      log.reset();
      const auth = await createAuth({ ...options(log.native), modules: [referrals()] });
      const statements = log.statements().filter((text) => !/^pragma foreign_keys$/i.test(text));
      expect(statements).toHaveLength(1);
      expect(statements[0]).toMatch(/^select\b/);
      if (ctx.dialect === "postgres") expect(log.roundTrips()).toBe(1);
      await auth.close();
      await log.close();
    });

    it("are not missed by those who only know the core", async () => {
      const plain = await createAuth({ ...options(ctx.host.native), migrate: "verify" });
      await plain.signUp(newCredentials());
      await plain.close();
    });
  });
});

forDatabase("postgres", "referrals under load", (ctx) => {
  it("have no connection of their own: sign-ups with codes stay within the application's pool", async () => {
    const max = 4;
    const pool = new pg.Pool({ connectionString: ctx.database.url, max });
    let opened = 0;
    pool.on("connect", () => void (opened += 1));
    const auth = await createAuth({
      database: pool,
      password: { hasher: cheapHasher },
      log: () => undefined,
      ...ctx.authOptions,
      modules: [referrals({ programs: { default: { referrer: { amount: 5, unit: "cent" } } } })],
    });
    const owner = await auth.users.create({ email: newCredentials().email });
    const { code } = await auth.referrals.createCode({ userId: owner.id });
    const observer = new pg.Client({ connectionString: ctx.database.url, application_name: "observer" });
    await observer.connect();
    let most = 0;
    let signedUp = 0;
    const observe = async (): Promise<void> => {
      while (signedUp < 60) {
        const { rows } = await observer.query<{ n: number }>(
          `select count(*)::int as n from pg_stat_activity where datname = current_database()
             and backend_type = 'client backend' and application_name <> 'observer'`,
        );
        most = Math.max(most, rows[0]!.n);
        await pause(5);
      }
    };
    const { calls, errors } = await callWhile(observe, {
      callers: 20,
      call: async () => {
        signedUp += 1;
        await auth.signUp({ ...newCredentials(), referralCode: code });
      },
    });
    expect(errors).toEqual({});
    expect([most, opened]).toEqual([max, max]);
    expect(pool.totalCount).toBe(max);
    expect(await auth.referrals.stats(owner.id)).toMatchObject({ referrals: calls });
    await auth.close();
    await observer.end();
    await pool.end();
  });
});
