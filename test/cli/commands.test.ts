import { afterAll, beforeAll, expect, it } from "vitest";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import type { Migration } from "../../src/schema/migration.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import type { ProgramResult } from "../support/run-program.ts";
import type { TestDatabase } from "../support/test-database.ts";
import { buildCli, type Cli } from "./support/build-cli.ts";

const coreLabel = "core/001-accounts";

let cli: Cli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

forEachDatabase("wispy-auth", (ctx) => {
  const run = (database: TestDatabase, ...args: string[]): Promise<ProgramResult> =>
    cli.run([...args, "--database", database.url]);
  const codes = async (database: TestDatabase): Promise<Record<string, number | null>> => {
    const looking = ["status", "plan", "verify"];
    const results = await Promise.all(looking.map((command) => run(database, command)));
    return Object.fromEntries(results.map(({ code }, i) => [looking[i]!, code]));
  };
  const migrated = async (): Promise<TestDatabase> => {
    const database = await ctx.createDatabase();
    await (await openSchema(database.open(), { modules: [coreSchema] })).manager.migrate();
    return database;
  };
  /** A database that a later release has migrated. */
  const ahead = async (migration: Partial<Migration>): Promise<TestDatabase> => {
    const database = await ctx.createDatabase();
    const next: Migration = { number: 2, name: "later", postgres: [], sqlite: [], ...migration };
    const modules = [{ ...coreSchema, migrations: [...coreSchema.migrations, next] }];
    await (await openSchema(database.open(), { modules })).manager.migrate();
    return database;
  };

  it("says of an empty database what is pending, and changes nothing", async () => {
    const database = await ctx.createDatabase();
    expect(await codes(database)).toEqual({ status: 3, plan: 3, verify: 3 });
    const plan = await run(database, "plan");
    expect(plan.stdout).toMatch(/core\/001-accounts {2}\d+ statements {2}creates .*users, .*events/);
    const verify = await run(database, "verify");
    expect(verify.stderr).toBe(
      `error schema_pending: The database lacks ${coreLabel}. Run wispy-auth migrate, as a role that may create tables, or hand what wispy-auth sql --pending prints to one that may\n`,
    );
    const { manager } = await openSchema(database.open(), { modules: [coreSchema] });
    expect(await manager.pending()).toEqual([coreLabel]);
  });

  it("migrates an empty database, with a line for each migration, and has nothing to do after that", async () => {
    const database = await ctx.createDatabase();
    const first = await run(database, "migrate");
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(/^ {2}core\/001-accounts {2}applied in \d+ ms\n1 migration applied\n$/m);
    expect(await run(database, "migrate")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/\nNothing to do: the schema is current\n$/),
    });
    expect(await codes(database)).toEqual({ status: 0, plan: 0, verify: 0 });
  });

  it("shows a current database as a table", async () => {
    const { stdout } = await run(await migrated(), "status");
    expect(stdout.split("\n").slice(1)).toEqual([
      "Module  Applied  Pending  Last applied",
      expect.stringMatching(/^core {4}1 {8}0 {8}\d{4}-\d\d-\d\d \d\d:\d\d UTC$/),
      "",
    ]);
  });

  it("tells what has drifted, fails verify for it and lets migrate pass with a warning", async () => {
    const database = await migrated();
    const host = database.open();
    await host.query(
      `drop index ${ctx.dialect === "postgres" ? "wispy.sessions_user_id" : "wispy_sessions_user_id"}`,
    );
    await host.query(`alter table ${ctx.table("users")} drop column disabled_reason`);
    expect(await codes(database)).toEqual({ status: 4, plan: 0, verify: 4 });
    const { stdout } = await run(database, "status");
    expect(stdout).toMatch(
      /\nDrift\n {2}column \w*users\.disabled_reason is missing\n {2}index \w*sessions_user_id is missing\n$/,
    );
    const verify = await run(database, "verify");
    expect(verify.stderr).toMatch(
      /^error schema_drift: .*disabled_reason is missing; index .*Put back what is missing/,
    );
    const migrate = await run(database, "migrate");
    expect(migrate).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^warning: column .* is missing\nwarning: index/),
    });
  });

  it("refuses a database that a newer version has migrated, and shows how far it is", async () => {
    const database = await ahead({});
    expect(await codes(database)).toEqual({ status: 5, plan: 5, verify: 5 });
    expect((await run(database, "status")).stdout).toMatch(/^core {4}2 \(newer\) /m);
    const migrate = await run(database, "migrate");
    expect(migrate.code).toBe(5);
    expect(migrate.stderr).toMatch(/^error schema_newer: .* at version 2; this code knows 1 /);
  });

  it("accepts a newer database whose extra migrations are compatible", async () => {
    const database = await ahead({ compatible: true });
    expect(await codes(database)).toEqual({ status: 0, plan: 0, verify: 0 });
    const { stderr, code } = await run(database, "migrate");
    expect({ stderr, code }).toEqual({
      code: 0,
      stderr: "warning: module core is at version 2; this version knows 1\n",
    });
  });

  it("names an applied migration that was edited since", async () => {
    const database = await ctx.createDatabase();
    const [first] = coreSchema.migrations;
    const other = { ...first!, sqlite: [...first!.sqlite, "select 1"] };
    await (
      await openSchema(database.open(), { modules: [{ ...coreSchema, migrations: [other] }] })
    ).manager.migrate();
    expect(await codes(database)).toEqual({ status: 4, plan: 4, verify: 4 });
    const { stderr, code } = await run(database, "migrate");
    expect(code).toBe(4);
    expect(stderr).toMatch(/^error migration_edited: Migration core\/001-accounts was changed/);
  });

  it("prints SQL that makes an empty database current", async () => {
    const database = await ctx.createDatabase();
    const pending = await run(database, "sql", "--pending");
    const all = await cli.run(["sql", "--dialect", ctx.dialect]);
    expect(all).toMatchObject({ code: 0, stdout: pending.stdout, stderr: "" });
    const host = database.open({ max: 1 });
    if (host.dialect === "sqlite") host.sqlite.exec(all.stdout);
    else await host.pool.query(all.stdout);
    expect((await run(database, "verify")).code).toBe(0);
    expect((await run(database, "sql", "--pending")).stdout).toMatch(/^-- Nothing to do/);
  });

  it("prints SQL without a transaction, of one module and for any namespace", async () => {
    const database = await ctx.createDatabase();
    const { stdout } = await run(
      database,
      "sql",
      "--no-transaction",
      "--module",
      "core",
      "--namespace",
      "Odd's",
    );
    expect(stdout).not.toMatch(/^(begin i|commit;)/m);
    expect(stdout).toContain(ctx.dialect === "postgres" ? `"Odd's"."users"` : `"Odd's_users"`);
  });

  it("migrates the namespace it is told, and that alone", async () => {
    const database = await ctx.createDatabase();
    const place = ctx.dialect === "postgres" ? ["--schema", "Odd's", "--prefix", "p_"] : ["--prefix", "p_"];
    expect((await run(database, "migrate", ...place)).code).toBe(0);
    expect((await run(database, "verify", ...place)).code).toBe(0);
    expect((await run(database, "verify")).code).toBe(3);
  });

  it("prints one JSON object where it is asked to, of failures too", async () => {
    const database = await ctx.createDatabase();
    const json = async (...args: string[]): Promise<unknown> => {
      const { stdout, stderr } = await run(database, ...args, "--json");
      expect(stderr).toBe("");
      return JSON.parse(stdout);
    };
    expect(await json("verify")).toEqual({
      exitCode: 3,
      error: {
        code: "schema_pending",
        message: expect.stringContaining(coreLabel),
        data: { migrations: [coreLabel] },
      },
    });
    expect(await json("plan")).toMatchObject({
      command: "plan",
      exitCode: 3,
      pending: [{ migration: coreLabel }],
    });
    expect(await json("sql", "--pending")).toMatchObject({ command: "sql", dialect: ctx.dialect });
    expect(await json("migrate")).toEqual({
      command: "migrate",
      exitCode: 0,
      migrations: [{ migration: coreLabel, applied: true, milliseconds: expect.any(Number) }],
      drift: [],
      newer: [],
    });
    expect(await json("status")).toMatchObject({
      command: "status",
      exitCode: 0,
      modules: [{ module: "core", applied: 1, known: 1, newer: false }],
      pending: [],
      drift: [],
    });
    expect(await json("verify")).toEqual({ command: "verify", exitCode: 0, drift: [], newer: [] });
  });
});
