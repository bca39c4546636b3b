import { expect, it } from "vitest";
import { forEachDatabase } from "./for-each-database.ts";

forEachDatabase("the databases of the tests", (ctx) => {
  it("are empty, the suite's own, and take the same statements", async () => {
    await ctx.host.query("create table notes (id integer primary key, body text)");
    await ctx.host.query("insert into notes values ($1, $2)", [1, "first"]);
    expect(await ctx.host.query("select body from notes where id = $1", [1])).toEqual([{ body: "first" }]);
  });

  it("can be had as many as a test needs", async () => {
    const other = await ctx.createDatabase();
    const host = other.open();
    await host.query("create table notes (id integer primary key)");
    expect(await host.query("select id from notes")).toEqual([]);
  });
});
