import { afterAll, beforeAll, expect, it } from "vitest";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import type { Migration } from "../../src/schema/migration.ts";
import { buildCli, type Cli } from "../cli/support/build-cli.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import type { ProgramResult } from "../support/run-program.ts";
import type { TestDatabase } from "../support/test-database.ts";
import { readReport } from "./support/run-doctor.ts";

let cli: Cli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

const doctor = (url: string, ...args: string[]): Promise<ProgramResult> =>
  cli.run(["doctor", "--database", url, ...args]);

forEachDatabase("wispy-auth doctor", (ctx) => {
  const [first] = coreSchema.migrations as readonly [Migration];
  const migratedBy = async (...migrations: readonly Migration[]): Promise<TestDatabase> => {
    const database = await ctx.createDatabase();
    const modules = [{ ...coreSchema, migrations }];
    const host = database.open();
    if (ctx.dialect === "sqlite") host.sqlite.pragma("journal_mode = WAL");
    await (await openSchema(host, { modules })).manager.migrate();
    return database;
  };

  it("finds nothing wrong with a migrated database, and says so in the last line", async () => {
    const { url } = await migratedBy(first);
    const { code, stdout, stderr } = await doctor(url, "--strict");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/\nNothing is wrong: \d+ checks fine\n$/);
    expect(stdout).not.toMatch(/^(error|warning) {2}/m);
    expect((await doctor(url, "--verbose")).stdout).toMatch(
      /^ok {2}drift\n {2}Our tables have their columns/m,
    );
  });

  it("says of an empty database what it lacks, what to do, and ends with 3", async () => {
    const { url } = await ctx.createDatabase();
    const { code, stdout } = await doctor(url);
    expect(code).toBe(3);
    expect(stdout).toContain(`
error  migrations-pending
  The database lacks core/001-accounts
  fix: npx wispy-auth migrate
`);
    expect(stdout).toMatch(/\n1 error; \d+ checks fine\n$/);
  });

  it("prints a document with stable fields for programs", async () => {
    const { url } = await ctx.createDatabase();
    const { command, exitCode, findings, summary } = await readReport(cli, url);
    expect({ command, exitCode }).toEqual({ command: "doctor", exitCode: 3 });
    expect(findings.find(({ check }) => check === "migrations-pending")).toEqual({
      check: "migrations-pending",
      severity: "error",
      message: "The database lacks core/001-accounts",
      fix: "npx wispy-auth migrate",
      data: { migrations: ["core/001-accounts"], mayCreate: true },
    });
    const total = Object.values(summary).reduce((sum, count) => sum + count, 0);
    expect({ summary, total }).toEqual({
      summary: { error: 1, warning: 0, info: expect.any(Number), ok: expect.any(Number) },
      total: findings.length,
    });
  });

  it("ends with 4 for drift and for edited migrations, with 5 for a newer database", async () => {
    const drifted = await migratedBy(first);
    const index = ctx.dialect === "postgres" ? "wispy.sessions_user_id" : "wispy_sessions_user_id";
    await drifted.open().query(`drop index ${index}`);
    const { code, stdout } = await doctor(drifted.url);
    expect(code).toBe(4);
    expect(stdout).toMatch(/^error {2}drift\n {2}Index \w+ is missing\n {2}fix: create index "\w+" on .*$/m);
    const edited = await migratedBy({ ...first, sqlite: [...first.sqlite, "select 1"] });
    expect((await doctor(edited.url)).code).toBe(4);
    const newer = await migratedBy(first, { number: 2, name: "later", postgres: [], sqlite: [] });
    expect((await doctor(newer.url)).code).toBe(5);
  });

  it("fails for a warning with --strict alone", async () => {
    const database = await migratedBy(first);
    const type = ctx.dialect === "postgres" ? "uuid" : "text";
    await database.open().query(`create table notes (user_id ${type} references ${ctx.table("users")} (id))`);
    const lenient = await doctor(database.url);
    expect(lenient.code).toBe(0);
    expect(lenient.stdout).toMatch(/^warning {2}delete-actions\n/m);
    expect(lenient.stdout).toMatch(/\n1 warning; \d+ checks fine\n$/);
    expect((await doctor(database.url, "--strict")).code).toBe(1);
  });

  it("looks where --namespace says", async () => {
    const { url } = await migratedBy(first);
    expect((await doctor(url, "--namespace", "other")).code).toBe(3);
  });

  it("answers wrong options with one sentence", async () => {
    const { url } = ctx.database;
    expect(await doctor(url, "--processes", "many")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--processes is a number from 1 on, not many"),
    });
    expect(await cli.run(["status", "--database", url, "--processes", "2"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--processes belongs to the command doctor"),
    });
  });
});
