import { expect, it } from "vitest";
import { diagnose } from "wispy-auth/doctor";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import type { Migration } from "../../src/schema/migration.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { createTestAuth, type TestAuth } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { fine, lookAt, openDoctored } from "./support/doctored.ts";

const coreLabel = "core/001-accounts";

forEachDatabase("the doctor, about migrations,", (ctx) => {
  /** A database on which these migrations of the core were run, and an Auth that did not look at it. */
  const migratedWith = async (...migrations: readonly Migration[]): Promise<TestAuth> => {
    const database = await ctx.createDatabase();
    const { manager } = await openSchema(database.open(), { modules: [{ ...coreSchema, migrations }] });
    await manager.migrate();
    return createTestAuth(ctx, { database: database.open().native, migrate: "off" });
  };
  const [first] = coreSchema.migrations as readonly [Migration];
  const later: Migration = { number: 2, name: "later", postgres: [], sqlite: [] };

  it("says what an empty database lacks, and that it is otherwise well", async () => {
    const database = await ctx.createDatabase();
    const auth = await createTestAuth(ctx, { database: database.open().native, migrate: "off" });
    const findings = await diagnose(auth.database);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([
      {
        check: "migrations-pending",
        severity: "error",
        message: `The database lacks ${coreLabel}`,
        fix: "npx wispy-auth migrate",
        data: { migrations: [coreLabel], mayCreate: true },
      },
    ]);
    expect(findings.filter(({ data }) => data?.["unchecked"] !== undefined)).toEqual([]);
    await auth.migrate();
    expect(await lookAt(auth, "migrations-pending")).toEqual(fine("migrations-pending"));
  });

  it("tells a newer database that this version cannot work with from one that it can", async () => {
    expect(await lookAt(await migratedWith(first, later), "migrations-newer")).toEqual([
      {
        check: "migrations-newer",
        severity: "error",
        message: "Module core is at version 2, this version knows 1 and cannot work with that",
        fix: expect.stringContaining("Update wispy-auth"),
        data: { module: "core", known: 1, found: 2, compatible: false },
      },
    ]);
    const compatible = await migratedWith(first, { ...later, compatible: true });
    expect(await lookAt(compatible, "migrations-newer")).toMatchObject([
      { severity: "info", message: expect.stringContaining("it can work with that") },
    ]);
  });

  it("names an applied migration that was edited since", async () => {
    const auth = await migratedWith({ ...first, sqlite: [...first.sqlite, "select 1"] });
    expect(await lookAt(auth, "migrations-edited")).toMatchObject([
      {
        severity: "error",
        message: `Migration ${coreLabel} was changed after it had been applied here`,
        fix: expect.stringContaining("Install the version"),
        data: { migration: coreLabel },
      },
    ]);
    expect(await lookAt(auth, "drift")).toEqual(fine("drift"));
  });

  it("sees tables of somebody else's where ours belong", async () => {
    const database = await ctx.createDatabase();
    const host = database.open();
    if (ctx.dialect === "postgres") await host.query("create schema wispy");
    await host.query(`create table ${ctx.table("users")} (id integer)`);
    await host.query(`create table ${ctx.table("migrations")} (id integer)`);
    const auth = await createTestAuth(ctx, { database: host.native, migrate: "off" });
    const [finding] = await lookAt(auth, "foreign-tables");
    expect(finding).toMatchObject({ severity: "error", fix: expect.stringContaining("--namespace") });
    // SQLite's ledger is asked first, and is the first to be found out.
    expect(finding!.message).toMatch(
      ctx.dialect === "postgres"
        ? /^migrations, users exist and are not ours/
        : /^wispy_migrations exists and is not ours/,
    );
  });

  it("takes a table for ours where the ledger says that we made it", async () => {
    const { host, look } = await openDoctored(ctx);
    await host.query(`drop table ${ctx.table("events")}`);
    await host.query(`create table ${ctx.table("events")} (id integer)`);
    expect(await look("foreign-tables")).toEqual(fine("foreign-tables"));
    const found = await look("drift");
    expect(found.length).toBeGreaterThan(1);
    expect(found.every(({ severity }) => severity === "error")).toBe(true);
  });
});
