import { expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { forEachDatabase } from "../support/for-each-database.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";

forEachDatabase("an application with users of its own", (ctx) => {
  const expected = (name: string) => ({
    code: "schema_foreign_table",
    data: { table: ctx.dialect === "postgres" ? name : `wispy_${name}` },
  });

  it("D4-22 host-has-users-table: keeps its `users`, sessions and migrations untouched", async () => {
    const host = (await ctx.createDatabase()).open();
    const own = ["users", "sessions", "credentials", "migrations", "events"];
    for (const name of own) {
      await host.query(`create table ${name} (id integer primary key, nickname text)`);
      await host.query(`insert into ${name} values (1, 'ann')`);
    }
    const auth = await createAuth({ database: host.native, password: { hasher: cheapHasher } });
    const { token } = await auth.signUp(newCredentials());
    expect(await auth.getSession(token)).not.toBeNull();
    for (const name of own) {
      expect(await host.query(`select * from ${name}`)).toEqual([{ id: 1, nickname: "ann" }]);
    }
    await auth.close();
  });

  it("D4-22 host-has-users-table: a foreign table in our place is named, and nothing is made beside it", async () => {
    const host = (await ctx.createDatabase()).open();
    if (ctx.dialect === "postgres") await host.query("create schema wispy");
    await host.query(`create table ${ctx.table("users")} (id integer primary key, nickname text)`);
    await host.query(`insert into ${ctx.table("users")} values (1, 'ann')`);
    await expect(createAuth({ database: host.native })).rejects.toMatchObject(expected("users"));
    expect(await host.query(`select * from ${ctx.table("users")}`)).toEqual([{ id: 1, nickname: "ann" }]);
    const made =
      ctx.dialect === "postgres"
        ? "select relname from pg_class where relnamespace = 'wispy'::regnamespace and relkind in ('r', 'v')"
        : "select name from sqlite_master where type in ('table', 'view')";
    expect(await host.query(made)).toHaveLength(1);
  });
});
