import { expect, it } from "vitest";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import type { SchemaModule } from "../../src/schema/migration.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { coreLabel, openSchema } from "./support/open-schema.ts";

const table = (name: string) => `create table {${name}} (id integer not null)`;
const failing = "create table {half} (id integer not null, id integer not null)";

/** Two migrations; the second creates a table and then fails. */
const notes = (second: readonly string[]): SchemaModule => ({
  name: "notes",
  migrations: [
    { number: 1, name: "notes", postgres: [table("notes")], sqlite: [table("notes")] },
    { number: 2, name: "pages", postgres: second, sqlite: second },
  ],
  tables: [],
});

forEachDatabase("a migration that fails", (ctx) => {
  it("leaves nothing of itself, keeps what went before, and can be tried again", async () => {
    const host = (await ctx.createDatabase()).open();
    const broken = await openSchema(host, { modules: [coreSchema, notes([table("pages"), failing])] });
    await expect(broken.manager.migrate()).rejects.toMatchObject({
      code: "migration_failed",
      data: { migration: "notes/002-pages" },
      cause: expect.anything(),
    });
    expect(await host.query(`select id from ${ctx.table("notes")}`)).toEqual([]);
    await expect(host.query(`select id from ${ctx.table("pages")}`)).rejects.toThrow();
    const { applied, pending } = await broken.manager.status();
    expect(applied.map(({ module, number }) => `${module} ${String(number)}`)).toEqual(["core 1", "notes 1"]);
    expect(pending).toEqual(["notes/002-pages"]);

    const mended = await openSchema(host, { modules: [coreSchema, notes([table("pages")])] });
    await mended.manager.migrate();
    expect(await mended.manager.verify()).toEqual({ drift: [], newer: [] });
  });

  it("leaves not even the ledger when it is the first", async () => {
    const host = (await ctx.createDatabase()).open();
    const core: SchemaModule = {
      ...coreSchema,
      migrations: [{ number: 1, name: "accounts", postgres: [failing], sqlite: [failing] }],
    };
    const { manager } = await openSchema(host, { modules: [core] });
    await expect(manager.migrate()).rejects.toMatchObject({ code: "migration_failed" });
    const left =
      ctx.dialect === "postgres"
        ? "select 1 from pg_namespace where nspname = 'wispy'"
        : "select 1 from sqlite_master";
    expect(await host.query(left)).toEqual([]);
    await (await openSchema(host, { modules: [coreSchema] })).manager.migrate();
    expect(await manager.pending().catch((error: unknown) => error)).toMatchObject({
      code: "migration_edited",
      data: { migration: coreLabel },
    });
  });
});
