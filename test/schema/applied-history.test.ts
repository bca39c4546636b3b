import { expect, it } from "vitest";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import type { Migration, SchemaModule } from "../../src/schema/migration.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import type { TestHost } from "../support/test-host.ts";
import { badgesAt, badgesSchema } from "./support/badges-module.ts";
import { openSchema } from "./support/open-schema.ts";

/** The badges module with one of its migrations changed after its release. */
function withEdited(number: number, change: Partial<Migration>): SchemaModule {
  return {
    ...badgesSchema,
    migrations: badgesSchema.migrations.map((migration) =>
      migration.number === number ? { ...migration, ...change } : migration,
    ),
  };
}

forEachDatabase("what the ledger remembers", (ctx) => {
  const migrated = async (): Promise<TestHost> => {
    const host = (await ctx.createDatabase()).open();
    await (await openSchema(host)).manager.migrate();
    return host;
  };

  it("refuses a migration whose SQL was edited after it had been applied, by its name", async () => {
    const host = await migrated();
    const edited = withEdited(2, { [ctx.dialect]: ["create table {awards} (badge_id text not null)"] });
    const { manager } = await openSchema(host, { modules: [coreSchema, edited] });
    for (const call of [() => manager.migrate(), () => manager.verify(), () => manager.pending()]) {
      await expect(call()).rejects.toMatchObject({
        code: "migration_edited",
        data: { migration: "badges/002-awards" },
      });
    }
  });

  it("refuses one that was renamed, and one whose other dialect was edited: it is one migration", async () => {
    const host = await migrated();
    const otherDialect = ctx.dialect === "postgres" ? "sqlite" : "postgres";
    for (const change of [{ name: "prizes" }, { [otherDialect]: ["select 1"] }]) {
      const { manager } = await openSchema(host, { modules: [coreSchema, withEdited(1, change)] });
      await expect(manager.migrate()).rejects.toMatchObject({ code: "migration_edited" });
    }
  });

  it("refuses an edited migration although later ones are pending, and applies none of them", async () => {
    const host = (await ctx.createDatabase()).open();
    await (await openSchema(host, { modules: [coreSchema, badgesAt(1)] })).manager.migrate();
    const { manager } = await openSchema(host, { modules: [coreSchema, withEdited(1, { name: "prizes" })] });
    await expect(manager.migrate()).rejects.toMatchObject({
      code: "migration_edited",
      data: { migration: "badges/001-prizes" },
    });
    await expect(host.query(`select 1 from ${ctx.table("awards")}`)).rejects.toThrow();
  });

  it("refuses a database that is ahead of the code by a breaking migration", async () => {
    const host = await migrated();
    const { manager } = await openSchema(host, { modules: [coreSchema, badgesAt(1)] });
    for (const call of [() => manager.migrate(), () => manager.verify(), () => manager.status()]) {
      await expect(call()).rejects.toMatchObject({
        code: "schema_newer",
        data: { module: "badges", known: 1, found: 3 },
      });
    }
  });

  it("goes on with a database that is ahead by compatible migrations alone, and says so", async () => {
    const host = await migrated();
    const { manager } = await openSchema(host, { modules: [coreSchema, badgesAt(2)] });
    const newer = [{ module: "badges", known: 2, found: 3 }];
    expect(await manager.migrate()).toEqual({ drift: [], newer });
    expect(await manager.verify()).toEqual({ drift: [], newer });
    expect(await manager.status()).toMatchObject({ pending: [], newer });
  });

  it("goes on with a breaking one where that is allowed", async () => {
    const host = await migrated();
    const { manager } = await openSchema(host, {
      modules: [coreSchema, badgesAt(1)],
      allowNewerSchema: true,
    });
    expect(await manager.migrate()).toEqual({
      drift: [],
      newer: [{ module: "badges", known: 1, found: 3 }],
    });
  });

  it("keeps what it knows of a newer module when another module migrates", async () => {
    const host = await migrated();
    const guests: SchemaModule = {
      name: "guests",
      migrations: [
        {
          number: 1,
          name: "guests",
          postgres: ["create table {guests} (id text not null)"],
          sqlite: ["create table {guests} (id text not null) strict"],
        },
      ],
      tables: [],
    };
    const older = await openSchema(host, { modules: [coreSchema, badgesAt(2), guests] });
    expect(await older.manager.migrate()).toEqual({
      drift: [],
      newer: [{ module: "badges", known: 2, found: 3 }],
    });
    const current = await openSchema(host, { modules: [coreSchema, badgesSchema, guests] });
    expect(await current.manager.verify()).toEqual({ drift: [], newer: [] });
  });
});
