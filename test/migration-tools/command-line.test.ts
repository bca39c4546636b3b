import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildCli, type Cli } from "../cli/support/build-cli.ts";
import { createTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";

let cli: Cli;
let project: TemporaryFolder;
beforeAll(async () => {
  cli = await buildCli();
  project = await createTemporaryFolder("formats");
});
afterAll(async () => {
  await cli.remove();
  await project.remove();
});

const run = (...args: string[]) => cli.run(["sql", ...args], { cwd: project.path });
const list = (folder: string): Promise<string[]> => readdir(join(project.path, folder), { recursive: true });

describe("wispy-auth sql --format", { timeout: 60_000 }, () => {
  it("writes into the tool's usual folder, and has nothing to do the next time", async () => {
    const first = await run("--format", "prisma", "--dialect", "postgres");
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(
      /^prisma\/migrations\n {2}core\/001-accounts {2}written {2}\d{14}_wispy_auth_core_001_accounts\/migration\.sql\n/,
    );
    const files = await list("prisma/migrations");
    expect(files).toContain("migration_lock.toml");
    const second = await run("--format", "prisma", "--dialect", "postgres");
    expect(second.stdout).toContain("core/001-accounts  there already  ");
    expect(await list("prisma/migrations")).toEqual(files);
  });

  it("writes into the folder it is told, makes it, and never writes a file again", async () => {
    const out = ["--format", "flyway", "--dialect", "sqlite", "--out", "deep/er/sql"];
    expect(await run(...out)).toMatchObject({ code: 0, stderr: "" });
    const [name] = await list("deep/er/sql");
    const path = join(project.path, "deep/er/sql", name!);
    const edited = `${await readFile(path, "utf8")}\n-- and a view of ours\n`;
    await writeFile(path, edited);
    expect(await run(...out)).toMatchObject({ code: 0, stderr: "" });
    expect(await readFile(path, "utf8")).toBe(edited);
    expect(await list("deep/er/sql")).toEqual([name]);
  });

  it("needs no dialect where the tool has but one, or the URL tells", async () => {
    const only = await run("--format", "node-pg-migrate", "--json");
    expect(JSON.parse(only.stdout)).toEqual({
      command: "sql",
      exitCode: 0,
      dialect: "postgres",
      format: "node-pg-migrate",
      folder: "migrations",
      migrations: [{ migration: "core/001-accounts", path: expect.stringMatching(/\.sql$/), isNew: true }],
      exclusion: null,
    });
    const url = await run(
      "--format",
      "drizzle",
      "--database",
      "sqlite:./app.db",
      "--namespace",
      "auth",
      "--json",
    );
    expect(JSON.parse(url.stdout)).toMatchObject({
      dialect: "sqlite",
      exclusion: expect.stringContaining('tablesFilter: ["!auth_*"]'),
    });
  });

  it("tells where our tables stand beside the application's what the tool must be told", async () => {
    const { stdout } = await run("--format", "prisma", "--dialect", "sqlite", "--out", "lite");
    expect(stdout).toMatch(/\nTo leave our tables alone, prisma\.config\.ts needs .*"wispy_users"/);
  });

  it("changes nothing and fails for what it cannot do", async () => {
    const refused = async (...args: string[]): Promise<string> => {
      const { code, stderr, stdout } = await run(...args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      return stderr;
    };
    expect(await refused("--format", "sequelize")).toContain("--format is one of prisma, drizzle,");
    expect(await refused("--format", "knex", "--pending")).toContain("leave out --pending");
    expect(await refused("--format", "knex", "--no-transaction")).toContain("leave out --no-transaction");
    expect(await refused("--out", "x")).toContain("--out is for --format");
    expect(await refused("--format", "prisma", "--dialect", "postgres", "--namespace", "b")).toMatch(
      /is on postgres in \{"schema":"wispy","prefix":""\}, and this is on postgres in \{"schema":"b"/,
    );
    await mkdir(join(project.path, "taken"));
    await writeFile(join(project.path, "taken/file"), "");
    const taken = ["--format", "knex", "--dialect", "sqlite", "--out", "taken/file"];
    expect(await refused(...taken)).toMatch(/file cannot be read: ENOTDIR/);
  });
});
