import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { referrals } from "wispy-auth/referrals";
import { coreSchema } from "../../../src/core/migrations/core-schema.ts";
import { countApplied, failuresOf, startTogether } from "../../coexistence/support/start-together.ts";
import { openStatementLog } from "../../schema/support/statement-log.ts";
import { cheapHasher, newCredentials, testBaseUrl } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { buildProgram, type Program } from "../../support/run-program.ts";
import type { TestHost } from "../../support/test-host.ts";
import { allAtOnce } from "../../suite/core/support/error-code.ts";

const label = "referrals/001-referrals";

let program: Program;
beforeAll(async () => {
  program = await buildProgram("migrate-at-signal.ts");
});
afterAll(() => program.remove());

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

  const expectReferrals = async (host: TestHost): Promise<void> => {
    const auth = await createAuth({ ...options(host.native), modules: [referrals()], migrate: "verify" });
    const { user } = await auth.signUp(newCredentials());
    const { code } = await auth.referrals.createCode({ userId: user.id });
    const { referrals: answer } = await auth.signUp({ ...newCredentials(), referralCode: code });
    expect(answer).toEqual({ redeemed: true, program: "default" });
    await auth.close();
  };

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
    await expectReferrals(host);
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

  it("are made once by 16 processes at once, of which every second knows the core alone", async () => {
    const { url, open } = await ctx.createDatabase();
    const orders = Array.from({ length: 16 }, (_, i) => ({
      url,
      namespace: "wispy",
      // As an application starts, and as a deployment does, which tells what it applied.
      work: i % 4 < 2 ? ("auth" as const) : ("migrate" as const),
      referrals: i % 2 === 1,
    }));
    const results = await startTogether(program, orders);
    expect(failuresOf(results)).toBe("");
    expect(Object.values(countApplied(results)).filter((count) => count !== 1)).toEqual([]);
    const host = open();
    const ledger = await host.query(`select module, number from ${ctx.table("migrations")} order by 1, 2`);
    const known = [coreSchema, referrals()].flatMap(({ name: module, migrations = [] }) =>
      migrations.map(({ number }) => ({ module, number })),
    );
    expect(ledger).toEqual(known);
    await expectReferrals(host);
  }, 120_000);

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
