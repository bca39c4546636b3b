import { expect, inject, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import { connect } from "../../src/database/connect.ts";
import { SchemaManager, type MigrationProgress } from "../../src/schema/schema-manager.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { badgesAt, badgesSchema } from "./support/badges-module.ts";
import { allLabels, badgesLabels, bothModules, coreLabel, openSchema } from "./support/open-schema.ts";
import { openStatementLog } from "./support/statement-log.ts";

forEachDatabase("the schema manager", (ctx) => {
  it("applies what is missing, once, and tells of each migration", async () => {
    const host = (await ctx.createDatabase()).open();
    const { manager } = await openSchema(host);
    expect(await manager.pending()).toEqual(allLabels);
    const progress: MigrationProgress[] = [];
    const report = await manager.migrate((step) => progress.push(step));
    expect(report).toEqual({ drift: [], newer: [] });
    expect(progress).toEqual(
      allLabels.flatMap((migration) => [
        { migration, state: "applying" },
        { migration, state: "applied" },
      ]),
    );
    expect(await manager.migrate((step) => progress.push(step))).toEqual({ drift: [], newer: [] });
    expect(progress).toHaveLength(2 * allLabels.length);
    expect(await manager.verify()).toEqual({ drift: [], newer: [] });
    expect(await manager.pending()).toEqual([]);
  });

  it("says what was applied, when, and what is pending", async () => {
    const host = (await ctx.createDatabase()).open();
    const before = systemClock.now();
    const core = await openSchema(host, { modules: [coreSchema] });
    expect(await core.manager.status()).toEqual({ applied: [], pending: [coreLabel], newer: [], drift: [] });
    await core.manager.migrate();
    const status = await (await openSchema(host)).manager.status();
    expect(status).toMatchObject({ pending: badgesLabels, newer: [], drift: [] });
    expect(status.applied).toMatchObject([
      { module: "core", number: 1, name: "accounts", compatible: false, checksum: expect.any(String) },
    ]);
    expect(status.applied[0]!.appliedAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
  });

  it("verifies without changing anything, and carries the SQL that is missing", async () => {
    const host = (await ctx.createDatabase()).open();
    const { manager } = await openSchema(host);
    const error = await manager.verify().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "schema_pending", data: { migrations: allLabels } });
    expect((error as { data: { sql: string } }).data.sql).toContain(ctx.table("awards"));
    expect(await manager.pending()).toEqual(allLabels);
  });

  it("applies a later release of a module on top of an earlier one", async () => {
    const host = (await ctx.createDatabase()).open();
    await (await openSchema(host, { modules: [coreSchema, badgesAt(1)] })).manager.migrate();
    const { manager } = await openSchema(host);
    expect(await manager.pending()).toEqual(badgesLabels.slice(1));
    await manager.migrate();
    expect(await manager.verify()).toEqual({ drift: [], newer: [] });
  });

  it("leaves the tables of a module that is no longer installed alone", async () => {
    const host = (await ctx.createDatabase()).open();
    await (await openSchema(host)).manager.migrate();
    const { manager } = await openSchema(host, { modules: [coreSchema] });
    expect(await manager.migrate()).toEqual({ drift: [], newer: [] });
    expect((await manager.status()).applied).toHaveLength(allLabels.length);
    expect(await host.query(`select id from ${ctx.table("badges")}`)).toEqual([]);
  });

  it("runs none of the core's statements again when a module comes later", async () => {
    const database = await ctx.createDatabase();
    await (await openSchema(database.open(), { modules: [coreSchema] })).manager.migrate();
    const log = await openStatementLog(database, inject("postgres"));
    ctx.onSuiteEnd(() => log.close());
    const manager = new SchemaManager({
      database: await connect(log.native),
      modules: bothModules,
      clock: systemClock,
    });
    await manager.migrate();
    const ddl = log.statements().filter((text) => /^\s*(create|alter|drop)\b/i.test(text));
    const own = badgesSchema.migrations.flatMap((migration) => migration[ctx.dialect]);
    expect(ddl.filter((text) => !text.includes("migrations"))).toHaveLength(own.length);
    const coreNames = coreSchema.tables.map((table) => ctx.table(table.name));
    for (const text of ddl) {
      for (const name of coreNames) expect(text).not.toMatch(`create table ${name}`);
    }
  });

  it("waits for the others that migrate at the same moment, and finds the work done", async () => {
    const database = await ctx.createDatabase();
    const states: string[] = [];
    const managers = await Promise.all([1, 2, 3, 4].map(() => openSchema(database.open({ max: 1 }))));
    await Promise.all(managers.map(({ manager }) => manager.migrate(({ state }) => states.push(state))));
    expect(states.filter((state) => state === "applied")).toHaveLength(allLabels.length);
  });
});
