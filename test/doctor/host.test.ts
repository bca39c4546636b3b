import { beforeAll, expect, it } from "vitest";
import { diagnose } from "wispy-auth/doctor";
import { newCredentials } from "../support/create-test-auth.ts";
import { forDatabase, forEachDatabase } from "../support/for-each-database.ts";
import { fine, openDoctored, type Doctored } from "./support/doctored.ts";

forEachDatabase("the doctor, about the application's tables,", (ctx) => {
  let shared: Doctored;
  beforeAll(async () => {
    shared = await openDoctored(ctx);
  });
  const idType = ctx.dialect === "postgres" ? "uuid" : "text";

  it("warns of a foreign key that keeps a user from being deleted", async () => {
    const { host, auth, look } = await openDoctored(ctx);
    expect(await look("delete-actions")).toEqual(fine("delete-actions"));
    const users = ctx.table("users");
    await host.query(
      `create table invoices (id integer primary key, user_id ${idType} not null references ${users} (id))`,
    );
    const { id } = await auth.users.create({ email: "a@example.com" });
    await host.query("insert into invoices values (1, $1)", [id]);
    await expect(auth.users.delete(id)).rejects.toMatchObject({ code: "database_error" });

    const [finding, ...more] = await look("delete-actions");
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      severity: "warning",
      message: expect.stringMatching(
        /^(public\.)?invoices \(user_id\) refers to (wispy_)?users on delete no action: deleting a user fails while something refers to it$/,
      ),
    });
    if (ctx.dialect === "sqlite") {
      expect(finding!.fix).toBe(
        'Make invoices anew with foreign key ("user_id") references "wispy_users" ("id") on delete cascade',
      );
      return;
    }
    await host.query(finding!.fix!);
    expect(await look("delete-actions")).toEqual(fine("delete-actions"));
    await auth.users.delete(id);
    expect(await host.query("select id from invoices")).toEqual([]);
  });

  it.each([
    ["on delete restrict", 1],
    ["on delete set null", 0],
    ["not null on delete set null", 1],
    ["on delete cascade", 0],
  ])("knows what %s does", async (declared, warnings) => {
    const { host, auth, look } = shared;
    const reference = `references ${ctx.table("users")} (id)`;
    const [, notNull = "", action] = /^(not null )?(.*)$/.exec(declared)!;
    await host.query(`create table notes (author ${idType} ${notNull}${reference} ${action!})`);
    const { id } = await auth.users.create({ email: newCredentials().email });
    await host.query("insert into notes values ($1)", [id]);
    const found = await look("delete-actions");
    expect(found.filter(({ severity }) => severity === "warning")).toHaveLength(warnings);
    const deleted = await auth.users.delete(id).then(
      () => true,
      () => false,
    );
    expect(deleted).toBe(warnings === 0);
    await host.query("drop table notes");
  });

  it("mentions columns called user_id that none of our ids fits in, where they may mean ours", async () => {
    const { host, look } = await openDoctored(ctx);
    await host.query(`create table carts (id integer primary key, user_id ${idType})`);
    expect(await look("user-id-columns")).toEqual(fine("user-id-columns"));
    await host.query("create table orders (id integer primary key, user_id integer)");
    await host.query(`create table posts (id integer primary key, "userId" integer)`);
    const [finding, ...more] = await look("user-id-columns");
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      severity: "info",
      message: expect.stringMatching(
        /^(public\.)?orders\.user_id is integer, (public\.)?posts\.userId is integer; ids of our users are (uuid|text)$/,
      ),
      fix: expect.stringContaining("references"),
    });
    // Its own users are what they mean, then.
    await host.query("create table users (id integer primary key)");
    expect(await look("user-id-columns")).toEqual(fine("user-id-columns"));
  });

  it("mentions a table users that is not ours, and how to name ours", async () => {
    const { host, auth, look } = await openDoctored(ctx);
    expect(await look("users-table")).toEqual(fine("users-table"));
    await host.query("create table users (id integer primary key)");
    expect(await look("users-table")).toMatchObject([
      {
        severity: "info",
        message: expect.stringMatching(/users means (public\.)?users, which is not ours$/),
        fix: expect.stringContaining(auth.database.table("users")),
      },
    ]);
    const findings = await diagnose(auth.database);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  });
});

forDatabase("sqlite", "the doctor, about what SQLite lets pass,", (ctx) => {
  it("warns of a foreign key of another type", async () => {
    const { host, look } = await openDoctored(ctx);
    const cascade = "references wispy_users (id) on delete cascade";
    await host.query(`create table fits (a text ${cascade}, b varchar(36) ${cascade}, c uuid ${cascade})`);
    expect(await look("reference-types")).toEqual(fine("reference-types"));
    await host.query(`create table orders (user_id integer ${cascade})`);
    await host.query(`create table avatars (owner blob ${cascade})`);
    expect(await look("reference-types")).toMatchObject([
      {
        severity: "warning",
        message: expect.stringMatching(
          /^avatars \(owner\) is declared blob and refers to wispy_users \(id\)/,
        ),
        fix: "Make avatars anew with owner as text",
      },
      { severity: "warning", message: expect.stringMatching(/^orders \(user_id\) is declared integer/) },
    ]);
  });

  it("sees a foreign key to a column that is not unique, for which SQLite refuses our writes", async () => {
    const { host, auth, look } = await openDoctored(ctx);
    const { id } = await auth.users.create({ email: "a@example.com" });
    await host.query("create table letters (email text references wispy_users (email) on delete cascade)");
    await host.query("create table cards (email text references wispy_users (email_canonical))");
    await expect(auth.users.delete(id)).rejects.toMatchObject({ code: "database_error" });
    expect(await look("reference-types")).toMatchObject([
      {
        severity: "error",
        message: expect.stringContaining(
          "letters (email) refers to wispy_users (email), which is not unique: SQLite refuses writes to wispy_users",
        ),
        fix: "Make letters anew with a reference to wispy_users (id)",
      },
    ]);
    await host.query("drop table letters");
    await auth.users.delete(id);
    expect(await look("reference-types")).toEqual(fine("reference-types"));
  });

  it("follows a foreign key that names no column to the primary key, and one of another case", async () => {
    const { host, look } = await openDoctored(ctx);
    await host.query("create table notes (author text references WISPY_USERS on delete restrict)");
    expect(await look("reference-types")).toEqual(fine("reference-types"));
    expect(await look("delete-actions")).toMatchObject([
      { severity: "warning", data: { target: "wispy_users", targetColumns: ["id"] } },
    ]);
  });
});
