import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import type { Finding } from "wispy-auth/doctor";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import { buildCli, type Cli } from "../cli/support/build-cli.ts";
import { createRole } from "../schema/support/postgres-role.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { forDatabase } from "../support/for-each-database.ts";
import type { ProgramResult } from "../support/run-program.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";
import { readReport } from "./support/run-doctor.ts";

let cli: Cli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

const doctor = (url: string, ...args: string[]): Promise<ProgramResult> =>
  cli.run(["doctor", "--database", url, ...args]);

forDatabase("postgres", "wispy-auth doctor", (ctx) => {
  it("ends with 1 when the database does not answer, and prints no password", async () => {
    const { code, stdout, stderr } = await doctor("postgres://app:Canary@127.0.0.1:1/app");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toMatch(/^error {2}connection\n {2}The database does not answer: /m);
    expect(stdout).toMatch(/^not checked\n {2}\d+ others: the database does not answer$/m);
    expect(stdout).not.toContain("Canary");
  });

  it("ends with 1 for a role that may not use our tables, and tells what to grant", async () => {
    const host = ctx.database.open({ direct: true });
    await (await openSchema(host, { modules: [coreSchema] })).manager.migrate();
    const role = await createRole(host, inject("postgres"), ctx.database);
    ctx.onSuiteEnd(() => role.drop());
    const { code, stdout } = await doctor(role.url);
    expect(code).toBe(1);
    expect(stdout).toContain("fix: As the owner: grant usage on schema");
  });

  it("asks how many processes there are, and takes the pool that the application would have", async () => {
    const { directUrl } = await ctx.createDatabase();
    const { findings } = await readReport(cli, directUrl, ["--processes", "20"]);
    expect(findings.find(({ check }) => check === "pool-size")).toMatchObject({
      severity: "warning",
      data: { max: 25, processes: 20 },
    });
  });

  it("mentions a pool of ours beside another one at the same address", async () => {
    const { directUrl, open } = await ctx.createDatabase();
    const look = async (): Promise<Finding | undefined> =>
      (await readReport(cli, directUrl)).findings.find(({ check }) => check === "pools");
    expect(await look()).toMatchObject({ severity: "info", data: { unchecked: expect.any(String) } });
    const auth = await createAuth({ database: directUrl });
    await open().query("set application_name = 'shop'");
    expect(await look()).toMatchObject({
      severity: "info",
      message:
        "127.0.0.1 has 1 connection as wispy-auth, and 1 as shop: if they are of one process, it has two pools",
      fix: expect.stringContaining("createAuth({ database: pool })"),
    });
    await auth.close();
  });

  it.skipIf(inject("pgbouncer") === null)("works behind PgBouncer", async () => {
    const { host, port, user, password } = inject("pgbouncer")!;
    const { name } = await ctx.createDatabase();
    const url = `postgres://${user}:${password}@${host}:${String(port)}/${name}`;
    expect((await cli.run(["migrate", "--database", url])).code).toBe(0);
    const { exitCode, findings } = await readReport(cli, url, ["--strict"]);
    expect(exitCode).toBe(0);
    expect(findings.find(({ check }) => check === "pooler")).toMatchObject({
      severity: "info",
      data: { pooler: "present" },
    });
  });
});

forDatabase("sqlite", "wispy-auth doctor", (ctx) => {
  it("writes nothing to a file, whatever its mode, and leaves nothing beside it", async () => {
    for (const mode of ["delete", "wal"]) {
      const database = await ctx.createDatabase();
      const handle = new Database(database.name);
      handle.pragma(`journal_mode = ${mode}`);
      handle.exec("create table notes (body text)");
      handle.close();
      const [before, folder] = [await readFile(database.name), await readdir(dirname(database.name))];
      const { exitCode, findings } = await readReport(cli, database.url);
      expect(exitCode).toBe(3);
      expect(findings.find(({ check }) => check === "journal-mode")).toMatchObject({
        severity: mode === "wal" ? "ok" : "warning",
      });
      expect((await readFile(database.name)).equals(before)).toBe(true);
      expect(await readdir(dirname(database.name))).toEqual(folder);
    }
  });

  it("takes a file that is not there for an empty database, and does not make it", async () => {
    const file = join(dirname(ctx.database.name), "absent.db");
    const { code, stdout } = await doctor(`sqlite:${file}`);
    expect(code).toBe(3);
    expect(stdout).toContain("no such file yet");
    expect(stdout).toMatch(/^info {2}file\n {2}There is no such file yet$/m);
    expect(existsSync(file)).toBe(false);
  });

  it("ends with 1 for a file that is no database", async () => {
    const file = join(dirname(ctx.database.name), "text.db");
    await writeFile(file, "This is a text, and no database. ".repeat(40));
    const { code, stdout } = await doctor(`sqlite:${file}`);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringContaining("The database does not answer: file is not a database"),
    });
  });

  it("looks through the handle of the configuration file, as the application has it", async () => {
    const folder = await createTemporaryFolder("doctor");
    ctx.onSuiteEnd(() => folder.remove());
    await writeFile(
      join(folder.path, "wispy-auth.config.mjs"),
      `import { createRequire } from "node:module";
const Database = createRequire(${JSON.stringify(import.meta.url)})("better-sqlite3");
const database = new Database(${JSON.stringify(join(folder.path, "app.db"))}, { timeout: 0 });
database.pragma("synchronous = OFF");
export default { database };`,
    );
    const { code, stdout } = await cli.run(["doctor"], { cwd: folder.path });
    expect(code).toBe(3);
    for (const check of ["journal-mode", "synchronous", "busy-timeout"]) {
      expect(stdout).toMatch(new RegExp(`^warning {2}${check}$`, "m"));
    }
    expect(stdout).not.toContain("not checked");
  });
});
