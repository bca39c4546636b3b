import { describe, expect, inject, it } from "vitest";
import { resolveNamespace, type NamespaceOption } from "../../src/database/namespace.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import { openSchema } from "./support/open-schema.ts";
import { createRole } from "./support/postgres-role.ts";

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

forEachDatabase("a namespace", (ctx) => {
  const odd = [
    "Wispy Auth's",
    'say "hello"',
    "select",
    "42",
    "ünïcödé 漢字 🦉",
    "semi;colon -- comment",
    "%s%I%L",
    "back\\slash",
    "{users}",
    "$x",
    "a".repeat(ctx.dialect === "postgres" ? 63 : 31),
  ];

  it.each(odd)("may be called %j", async (name) => {
    const host = (await ctx.createDatabase()).open();
    const { manager, database } = await openSchema(host, { namespace: name });
    await manager.migrate();
    expect(await manager.verify()).toEqual({ drift: [], newer: [] });
    expect(await manager.migrate()).toEqual({ drift: [], newer: [] });
    const { schema, prefix } = database.namespace;
    const badges = ctx.dialect === "postgres" ? `${quote(schema)}."badges"` : quote(`${prefix}badges`);
    expect(await host.query(`select id from ${badges}`)).toEqual([]);
  });

  it("is one of several in the same database, each with a history of its own", async () => {
    const host = (await ctx.createDatabase()).open();
    for (const namespace of ["first", "second", { schema: "first", prefix: "third_" }]) {
      const { manager } = await openSchema(host, { namespace });
      expect(await manager.pending()).toHaveLength(4);
      await manager.migrate();
      expect(await manager.verify()).toEqual({ drift: [], newer: [] });
    }
  });

  it("may be a prefix in a schema of the application", async () => {
    const host = (await ctx.createDatabase()).open();
    const namespace = { schema: "public", prefix: "wispy_" };
    await (await openSchema(host, { namespace })).manager.migrate();
    expect(await host.query("select id from wispy_users")).toEqual([]);
    expect(await (await openSchema(host, { namespace })).manager.pending()).toEqual([]);
  });

  it.each<[string, NamespaceOption]>([
    ["an empty name", ""],
    ["a NUL", "a\0b"],
    ["half a character", "\ud800"],
    ["a name the database would cut", "é".repeat(32)],
    ["a reserved name", ctx.dialect === "postgres" ? "pg_wispy" : { prefix: "sqlite_" }],
    ["a prefix that leaves no room for ours", { prefix: "p".repeat(33) }],
  ])("is refused when it is %s", async (_, namespace) => {
    const host = (await ctx.createDatabase()).open();
    await expect(openSchema(host, { namespace })).rejects.toMatchObject({ code: "configuration_invalid" });
  });
});

describe("the namespace's parts", () => {
  it("come from one name: a schema on PostgreSQL, a prefix on SQLite", () => {
    expect(resolveNamespace(undefined, "postgres")).toEqual({ schema: "wispy", prefix: "" });
    expect(resolveNamespace(undefined, "sqlite")).toMatchObject({ prefix: "wispy_" });
    expect(resolveNamespace("auth", "postgres")).toEqual({ schema: "auth", prefix: "" });
    expect(resolveNamespace("auth", "sqlite")).toMatchObject({ prefix: "auth_" });
    expect(resolveNamespace({ prefix: "x_" }, "postgres")).toEqual({ schema: "wispy", prefix: "x_" });
    expect(resolveNamespace({ schema: "s" }, "sqlite")).toMatchObject({ prefix: "wispy_" });
  });

  it("may be a prefix for a role that may not create a schema", async () => {
    const database = await createPostgresDatabase({ server: inject("postgres") });
    const owner = database.open();
    const role = await createRole(owner, inject("postgres"), database);
    await owner.query(`grant create, usage on schema public to ${role.name}`);
    const refused = await openSchema(role.open());
    await expect(refused.manager.migrate()).rejects.toMatchObject({ code: "schema_pending" });
    const allowed = await openSchema(role.open(), { namespace: { schema: "public", prefix: "wispy_" } });
    await allowed.manager.migrate();
    expect(await allowed.manager.verify()).toEqual({ drift: [], newer: [] });
    await role.drop();
    await database.drop();
  });
});
