import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { migrationLabel } from "../../src/schema/migration.ts";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { stepsModule } from "../schema/support/steps-module.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { findPgBouncer, startPgBouncer, type PgBouncerOptions } from "../support/pgbouncer.ts";
import { buildProgram, type Program } from "../support/run-program.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import { countApplied, failuresOf, startTogether } from "./support/start-together.ts";

const stepCount = 6;
const modules = [coreSchema, stepsModule(stepCount)];
const eachOnce = Object.fromEntries(
  modules.flatMap(({ name: module, migrations }) =>
    migrations.map((migration) => [migrationLabel({ module, migration }), 1]),
  ),
);

let program: Program;
beforeAll(async () => {
  program = await buildProgram("migrate-at-signal.ts");
});
afterAll(() => program.remove());

forEachDatabase("a cold start of many", (ctx) => {
  it("D4-16 cold-start-stampede: 8 rounds of 10 handles at once apply each migration once", async () => {
    const database = await ctx.createDatabase();
    for (let round = 0; round < 8; round += 1) {
      const states: string[] = [];
      const namespace = `round${String(round)}`;
      const opened = await Promise.all(
        Array.from({ length: 10 }, () => openSchema(database.open({ max: 1 }), { namespace, modules })),
      );
      await Promise.all(
        opened.map(({ manager }) =>
          manager.migrate(({ state, migration }) => states.push(`${state} ${migration}`)),
        ),
      );
      const applied = states.filter((state) => state.startsWith("applied ")).sort();
      expect(applied).toEqual(
        Object.keys(eachOnce)
          .map((label) => `applied ${label}`)
          .sort(),
      );
      await opened[0]!.manager.verify();
    }
  });

  it("D4-16 cold-start-stampede: 6 processes at once apply each migration once", async () => {
    const { url } = await ctx.createDatabase();
    const order = { url, namespace: "wispy", work: stepCount };
    const results = await startTogether(
      program,
      Array.from({ length: 6 }, () => order),
    );
    expect(failuresOf(results)).toBe("");
    expect(countApplied(results)).toEqual(eachOnce);
  });

  it("32 processes that migrate at once on an empty database all succeed, each migration applied once", async () => {
    const { url } = await ctx.createDatabase();
    const order = { url, namespace: "wispy", work: stepCount };
    const results = await startTogether(
      program,
      Array.from({ length: 32 }, () => order),
    );
    expect(failuresOf(results)).toBe("");
    expect(countApplied(results)).toEqual(eachOnce);
  }, 120_000);

  it("32 processes that create an Auth at once on an empty database all succeed", async () => {
    const database = await ctx.createDatabase();
    const order = { url: database.url, namespace: "wispy", work: "auth" as const };
    const results = await startTogether(
      program,
      Array.from({ length: 32 }, () => order),
    );
    expect(failuresOf(results)).toBe("");
    const ledger = ctx.dialect === "postgres" ? "wispy.migrations" : "wispy_migrations";
    expect(await database.open().query(`select module, number from ${ledger}`)).toEqual([
      { module: "core", number: 1 },
    ]);
  }, 120_000);
});

describe.skipIf(findPgBouncer() === null)("a cold start of many through PgBouncer", () => {
  it.each<[string, Omit<PgBouncerOptions, "server">]>([
    ["in transaction mode", { poolMode: "transaction" }],
    ["in transaction mode on one connection", { poolMode: "transaction", defaultPoolSize: 1 }],
    ["with DISCARD ALL after each transaction", { poolMode: "transaction", serverResetQueryAlways: true }],
    ["in session mode", { poolMode: "session", defaultPoolSize: 20 }],
  ])(
    "D4-16 cold-start-stampede: %s each migration is applied once, and no advisory lock is left",
    async (_, options) => {
      const server = inject("postgres");
      const bouncer = await startPgBouncer({ server, ...options });
      const database = await createPostgresDatabase({ server, pooler: bouncer });
      const order = { url: database.url, namespace: "wispy", work: stepCount };
      const results = await startTogether(
        program,
        Array.from({ length: 6 }, () => order),
      );
      expect(failuresOf(results)).toBe("");
      expect(countApplied(results)).toEqual(eachOnce);
      const locks = await database
        .open({ direct: true })
        .query(
          "select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
        );
      expect(locks).toEqual([]);
      await bouncer!.stop();
      await database.drop();
    },
  );
});
