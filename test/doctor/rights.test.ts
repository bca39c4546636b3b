import { expect, inject, it } from "vitest";
import { diagnose } from "wispy-auth/doctor";
import { createRole } from "../schema/support/postgres-role.ts";
import { createTestAuth } from "../support/create-test-auth.ts";
import { forDatabase } from "../support/for-each-database.ts";
import { fine, lookAt, openDoctored } from "./support/doctored.ts";

forDatabase("postgres", "the doctor, about the rights of a role,", (ctx) => {
  it("looks for one without any, says what it lacks, and the statements it gives are enough", async () => {
    const { host, database } = await openDoctored(ctx);
    const role = await createRole(host, inject("postgres"), database);
    ctx.onSuiteEnd(() => role.drop());
    const auth = await createTestAuth(ctx, { database: role.open().native, migrate: "off" });
    const findings = await diagnose(auth.database);
    expect(findings.filter(({ data }) => data?.["unchecked"] !== undefined)).toEqual([]);
    const [rights, ...others] = findings.filter(({ severity }) => severity === "error");
    expect(others).toEqual([]);
    expect(rights).toMatchObject({
      check: "table-rights",
      message: `Role ${role.name} lacks usage on schema wispy; select, insert, update, delete on attempts, credentials, devices, events, sessions, users`,
    });
    expect(await lookAt(auth, "create-right")).toMatchObject([
      {
        severity: "info",
        message: expect.stringContaining("may not create tables"),
        data: { role: role.name },
      },
    ]);
    for (const grant of rights!.fix!.replace("As the owner: ", "").split("; ")) await host.query(grant);
    expect(await lookAt(auth, "table-rights")).toEqual(fine("table-rights"));
    await auth.users.create({ email: "a@example.com" });
  });

  it("tells a role that may not create tables who can, and by what", async () => {
    const database = await ctx.createDatabase();
    const role = await createRole(database.open(), inject("postgres"), database);
    ctx.onSuiteEnd(() => role.drop());
    const auth = await createTestAuth(ctx, { database: role.open().native, migrate: "off" });
    expect(await lookAt(auth, "migrations-pending")).toMatchObject([
      {
        severity: "error",
        fix: expect.stringMatching(/^This role may not create tables: .*sql --pending prints$/),
        data: { mayCreate: false },
      },
    ]);
    expect(await lookAt(auth, "table-rights")).toEqual(fine("table-rights"));
  });

  it("names the one right that is missing", async () => {
    const { host, database } = await openDoctored(ctx);
    const role = await createRole(host, inject("postgres"), database);
    ctx.onSuiteEnd(() => role.drop());
    await host.query(`grant usage on schema wispy to ${role.name}`);
    await host.query(`grant select, insert, update, delete on all tables in schema wispy to ${role.name}`);
    await host.query(`revoke delete on wispy.sessions from ${role.name}`);
    const auth = await createTestAuth(ctx, { database: role.open().native, migrate: "off" });
    expect(await lookAt(auth, "table-rights")).toMatchObject([
      { severity: "error", message: `Role ${role.name} lacks delete on sessions` },
    ]);
  });

  it("sees row-level security that hides our rows from this role, and not from another", async () => {
    const { host, database, look } = await openDoctored(ctx);
    const role = await createRole(host, inject("postgres"), database);
    ctx.onSuiteEnd(() => role.drop());
    await host.query("alter table wispy.users enable row level security");
    const auth = await createTestAuth(ctx, { database: role.open().native, migrate: "off" });
    const [finding] = await lookAt(auth, "row-security");
    expect(finding).toMatchObject({ severity: "error", data: { role: role.name, tables: ["users"] } });
    expect(await look("row-security")).toEqual(fine("row-security"));
    await host.query(finding!.fix!.split("; ")[0]!);
    expect(await lookAt(auth, "row-security")).toEqual(fine("row-security"));
  });

  it("grants no more than our own tables in a schema that they share", async () => {
    const namespace = { schema: "public", prefix: "wispy_" };
    const { host, database } = await openDoctored(ctx, { namespace });
    await host.query("create table secrets (body text)");
    const role = await createRole(host, inject("postgres"), database);
    ctx.onSuiteEnd(() => role.drop());
    const auth = await createTestAuth(ctx, { database: role.open().native, namespace, migrate: "off" });
    const [finding] = await lookAt(auth, "table-rights");
    for (const grant of finding!.fix!.replace("As the owner: ", "").split("; ")) await host.query(grant);
    expect(await lookAt(auth, "table-rights")).toEqual(fine("table-rights"));
    const [row] = await host.query("select has_table_privilege($1, 'secrets', 'select') as granted", [
      role.name,
    ]);
    expect(row).toEqual({ granted: false });
  });

  it("goes on where it may not look, and says what it could not see and why", async () => {
    const { host, database } = await openDoctored(ctx);
    const role = await createRole(host, inject("postgres"), database);
    ctx.onSuiteEnd(() => role.drop());
    await host.query("revoke select on pg_catalog.pg_stat_activity from public");
    const auth = await createTestAuth(ctx, { database: role.open().native, migrate: "off" });
    const findings = await diagnose(auth.database);
    const reason = "permission denied for view pg_stat_activity";
    expect(findings.filter(({ check }) => check === "long-transactions")).toEqual([
      {
        check: "long-transactions",
        severity: "info",
        message: `Could not look: ${reason}`,
        data: { unchecked: reason },
      },
    ]);
    expect(findings.find(({ check }) => check === "table-rights")?.severity).toBe("error");
  });
});
