import { describe, expect, inject, it } from "vitest";
import { addSeconds, systemClock } from "../../src/clock.ts";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import type { TestHost } from "../support/test-host.ts";
import { badgesAt, badgesSchema } from "./support/badges-module.ts";
import { takeCatalogueSnapshot } from "./support/catalogue-snapshot.ts";
import { badgesLabels, openSchema, type SchemaOptions } from "./support/open-schema.ts";
import { createRole } from "./support/postgres-role.ts";
import { createPostgresDatabase } from "../support/test-database.ts";

/** As a tool would run a file: everything in one go. */
async function runFile(host: TestHost, sql: string): Promise<void> {
  if (host.dialect === "postgres") await host.pool.query(sql);
  else host.sqlite.exec(sql);
}

forEachDatabase("D4-26 exported-sql-roundtrip: the exported SQL", (ctx) => {
  const newHost = async (): Promise<TestHost> => (await ctx.createDatabase()).open();

  const expectSameAsAuto = async (host: TestHost, options: SchemaOptions = {}): Promise<void> => {
    const automatic = await newHost();
    await (await openSchema(automatic, options)).manager.migrate();
    expect(await takeCatalogueSnapshot(host)).toEqual(await takeCatalogueSnapshot(automatic));
    const { manager } = await openSchema(host, options);
    expect(await manager.pending()).toEqual([]);
    expect(await manager.verify()).toEqual({ drift: [], newer: [] });
  };

  it("makes of an empty database what migrate makes of it", async () => {
    const host = await newHost();
    const { manager } = await openSchema(host);
    const start = systemClock.now();
    await runFile(host, await manager.sql());
    await expectSameAsAuto(host);
    for (const { appliedAt } of (await manager.status()).applied) {
      expect(addSeconds(appliedAt, 1) >= start).toBe(true);
      expect(appliedAt <= systemClock.now()).toBe(true);
    }
  });

  it("says the same each time, and needs nothing from the database to say it", async () => {
    const [empty, migrated] = [await openSchema(await newHost()), await openSchema(await newHost())];
    await migrated.manager.migrate();
    expect(await empty.manager.sql()).toBe(await migrated.manager.sql());
  });

  it("holds no transaction of its own for a tool that brings one", async () => {
    const host = await newHost();
    const sql = await (await openSchema(host)).manager.sql({ transaction: false });
    expect(sql).not.toMatch(/^\s*(begin|commit)\b(?!\n)/im);
    await runFile(host, `begin;\n${sql}\nrollback;`);
    expect(await (await openSchema(host)).manager.pending()).toHaveLength(4);
    await runFile(host, `begin;\n${sql}\ncommit;`);
    await expectSameAsAuto(host);
  });

  it("is one module's alone where one is asked for, on top of another that is applied", async () => {
    const host = await newHost();
    await (await openSchema(host, { modules: [coreSchema] })).manager.migrate();
    const { manager } = await openSchema(host);
    const sql = await manager.sql({ module: "badges" });
    expect(sql).not.toContain(`create table ${ctx.table("users")} `);
    expect(await manager.sql({ pendingOnly: true })).toBe(sql);
    await runFile(host, sql);
    await expectSameAsAuto(host);
  });

  it("is what the database lacks where that is asked for, and nothing done twice", async () => {
    const host = await newHost();
    await (await openSchema(host, { modules: [coreSchema, badgesAt(1)] })).manager.migrate();
    const { manager } = await openSchema(host);
    await runFile(host, await manager.sql({ pendingOnly: true }));
    await expectSameAsAuto(host);
  });

  it("leaves nothing behind when it is run a second time by mistake", async () => {
    const host = await newHost();
    const sql = await (await openSchema(host)).manager.sql();
    await runFile(host, sql);
    const before = await takeCatalogueSnapshot(host);
    await expect(runFile(host, sql)).rejects.toThrow();
    if (host.dialect === "sqlite") host.sqlite.exec("rollback");
    expect(await takeCatalogueSnapshot(host)).toEqual(before);
  });

  it("comes with schema_pending for just what is missing", async () => {
    const host = await newHost();
    await (await openSchema(host, { modules: [coreSchema] })).manager.migrate();
    const { manager } = await openSchema(host);
    const error = (await manager.verify().catch((caught: unknown) => caught)) as {
      data: { sql: string; migrations: string[] };
    };
    expect(error.data.migrations).toEqual(badgesLabels);
    await runFile(host, error.data.sql);
    await expectSameAsAuto(host, { modules: [coreSchema, badgesSchema] });
  });
});

describe("the exported SQL on PostgreSQL", () => {
  it("needs no right to create schemas where the schema is there already", async () => {
    const database = await createPostgresDatabase({ server: inject("postgres") });
    const owner = database.open();
    const role = await createRole(owner, inject("postgres"), database);
    await owner.query(`grant create, usage on schema public to ${role.name}`);
    const host = role.open();
    const namespace = { schema: "public", prefix: "wispy_" };
    const { manager } = await openSchema(host, { namespace });
    await host.pool.query(await manager.sql());
    expect(await manager.migrate()).toEqual({ drift: [], newer: [] });
    expect(await manager.verify()).toEqual({ drift: [], newer: [] });
    await role.drop();
    await database.drop();
  });

  it.each(['we"ird', "it's", "100%s", "$wispy$", "back\\slash", "ünïcödé"])(
    "carries the namespace %j unharmed",
    async (schema) => {
      const database = await createPostgresDatabase({ server: inject("postgres") });
      const host = database.open();
      const { manager } = await openSchema(host, { namespace: schema });
      await host.pool.query(await manager.sql());
      expect(await manager.verify()).toEqual({ drift: [], newer: [] });
      await database.drop();
    },
  );
});
