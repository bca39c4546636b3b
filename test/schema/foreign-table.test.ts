import { expect, it } from "vitest";
import { forEachDatabase } from "../support/for-each-database.ts";
import type { TestHost } from "../support/test-host.ts";
import { openSchema } from "./support/open-schema.ts";

forEachDatabase("a table that stands where one of ours should", (ctx) => {
  const hostWith = async (statement: string): Promise<TestHost> => {
    const host = (await ctx.createDatabase()).open();
    if (ctx.dialect === "postgres") await host.query(`create schema wispy`);
    await host.query(statement);
    return host;
  };
  const ours = (name: string): string => ctx.table(name);
  const named = (name: string): string => (ctx.dialect === "postgres" ? name : `wispy_${name}`);

  it.each([
    ["a table", (name: string) => `create table ${name} (id integer)`],
    ["a view", (name: string) => `create view ${name} as select 1 as id`],
  ])("is named and not touched when it is %s", async (_, create) => {
    const host = await hostWith(create(ours("sessions")));
    const { manager } = await openSchema(host);
    await expect(manager.migrate()).rejects.toMatchObject({
      code: "schema_foreign_table",
      data: { table: named("sessions") },
    });
    await expect(host.query(`select * from ${ours("users")}`)).rejects.toThrow();
    expect(await manager.pending()).toHaveLength(4);
  });

  it("is recognised in the ledger's place, with a comment or without", async () => {
    const host = await hostWith(`create table ${ours("migrations")} (id integer, description text)`);
    const { manager } = await openSchema(host);
    const expected = { code: "schema_foreign_table", data: { table: named("migrations") } };
    await expect(manager.migrate()).rejects.toMatchObject(expected);
    if (ctx.dialect === "postgres") {
      for (const comment of ["of the application", "{}", "null", "[1]", '{"core": 1}']) {
        await host.query(`comment on table ${ours("migrations")} is '${comment}'`);
        await expect(manager.migrate()).rejects.toMatchObject(expected);
      }
    }
  });

  // SQLite tells no case apart in names; PostgreSQL does.
  const spelling = ctx.dialect === "sqlite" ? "WISPY_Users" : 'wispy."users"';
  it(`is recognised as ${spelling}`, async () => {
    const host = await hostWith(`create table ${spelling} (id integer)`);
    const { manager } = await openSchema(host);
    await expect(manager.migrate()).rejects.toMatchObject({ code: "schema_foreign_table" });
  });

  it("does no harm outside our namespace: the application's own users are its own", async () => {
    const host = (await ctx.createDatabase()).open();
    await host.query("create table users (id integer, nickname text)");
    await host.query("insert into users values (1, 'ann')");
    await (await openSchema(host)).manager.migrate();
    expect(await host.query("select id, nickname from users")).toEqual([{ id: 1, nickname: "ann" }]);
  });
});
