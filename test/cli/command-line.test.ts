import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { createTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";
import { buildCli, type Cli } from "./support/build-cli.ts";

let cli: Cli;
let folder: TemporaryFolder;
beforeAll(async () => {
  [cli, folder] = await Promise.all([buildCli(), createTemporaryFolder("cli")]);
});
afterAll(() => Promise.all([cli.remove(), folder.remove()]));

describe("the command line", () => {
  it("explains itself and tells its version", async () => {
    const help = await cli.run(["--help"]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    for (const word of ["migrate", "status", "plan", "sql", "verify", "doctor", "--database", "Exit codes"]) {
      expect(help.stdout).toContain(word);
    }
    expect(await cli.run(["-v"])).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
    expect(await cli.run([])).toMatchObject({ code: 2, stdout: "", stderr: help.stdout });
  });

  it.each([
    [
      ["prune"],
      "There is no command prune; the commands are migrate, status, plan, sql, verify, doctor, adopt. See wispy-auth --help",
    ],
    [["status", "--colour"], "Unknown option '--colour'. See wispy-auth --help"],
    [["status", "plan"], "One command at a time: plan is too much. See wispy-auth --help"],
    [["status", "--pending"], "--pending belongs to the command sql. See wispy-auth --help"],
    [["sql", "--dialect", "oracle"], "--dialect is postgres or sqlite, not oracle. See wispy-auth --help"],
    [["sql", "--dialect", "sqlite", "--module", "x"], "There is no module x; the modules are: core"],
    [
      ["plan", "--schema", "a", "--namespace", "b"],
      "Give either --namespace, or --schema and --prefix. See wispy-auth --help",
    ],
    [
      ["status"],
      "No database was named: give --database URL, or set DATABASE_URL, or write wispy-auth.config.mjs",
    ],
    [
      ["status", "--database", "mysql://x"],
      "A database URL begins with postgres://, postgresql:// or sqlite:",
    ],
    [
      ["status", "--config", "absent.mjs"],
      expect.stringMatching(/^absent.mjs cannot be loaded: Cannot find module '[^']+'$/),
    ],
  ])("answers %j with one sentence and exit code 2", async (args, sentence) => {
    const { code, stdout, stderr } = await cli.run(args, { cwd: folder.path });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd().replace("error configuration_invalid: ", "")).toEqual(sentence);
  });

  it("takes the database from DATABASE_URL", async () => {
    const env = { DATABASE_URL: `sqlite:${join(folder.path, "environment.db")}` };
    expect((await cli.run(["migrate"], { env })).code).toBe(0);
    expect((await cli.run(["verify"], { env })).code).toBe(0);
  });

  it("finds the options of createAuth in wispy-auth.config.mjs, a handle among them", async () => {
    const file = join(folder.path, "configured.db");
    await writeFile(
      join(folder.path, "wispy-auth.config.mjs"),
      `import { createRequire } from "node:module";
const Database = createRequire(${JSON.stringify(import.meta.url)})("better-sqlite3");
const database = new Database(${JSON.stringify(file)});
database.pragma("foreign_keys = ON");
export default { database, namespace: "shop" };`,
    );
    const migrate = await cli.run(["migrate"], { cwd: folder.path });
    expect(migrate).toMatchObject({ code: 0, stderr: "" });
    expect(migrate.stdout).toMatch(/^the handle of wispy-auth.config.mjs \(prefix shop_\)\n/);
    const url = `sqlite:${file}`;
    expect((await cli.run(["verify", "--database", url, "--namespace", "shop"])).code).toBe(0);
    expect((await cli.run(["verify", "--database", url])).code).toBe(3);
    expect((await cli.run(["sql"], { cwd: folder.path })).stdout).toContain(`"shop_users"`);
  });

  it("lets the command line win over the configuration file, and that over DATABASE_URL", async () => {
    const config = join(folder.path, "other.mjs");
    const at = (name: string): string => `sqlite:${join(folder.path, name)}`;
    await writeFile(
      config,
      `export default { database: ${JSON.stringify(at("of-file.db"))}, namespace: "a" };`,
    );
    const env = { DATABASE_URL: at("of-environment.db") };
    await cli.run(["migrate", "--config", config], { env });
    await cli.run(["migrate", "--config", config, "--database", at("of-option.db"), "--prefix", "b_"], {
      env,
    });
    const prefixed = async (name: string, prefix: string): Promise<number | null> =>
      (await cli.run(["verify", "--database", at(name), "--prefix", prefix])).code;
    expect(await prefixed("of-file.db", "a_")).toBe(0);
    expect(await prefixed("of-option.db", "b_")).toBe(0);
    expect(existsSync(join(folder.path, "of-environment.db"))).toBe(false);
  });

  it("refuses a configuration file that exports no options", async () => {
    const config = join(folder.path, "empty.mjs");
    await writeFile(config, "export const database = 1;");
    expect(await cli.run(["status", "--config", config])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("must be an object with the options of createAuth"),
    });
  });

  it("creates no SQLite file by looking", async () => {
    const file = join(folder.path, "absent.db");
    for (const command of ["status", "plan", "verify"]) {
      const { code, stdout } = await cli.run([command, "--database", `sqlite:${file}`]);
      expect({ code, said: stdout.includes("no such file yet") }).toEqual({ code: 3, said: true });
    }
    expect(existsSync(file)).toBe(false);
  });

  it("never prints a password, and a stack only with --verbose", async () => {
    const url = "postgres://app:Canary:p@ss@127.0.0.1:1/app?password=Canary2";
    const ways = [[], ["--json"], ["--verbose"]];
    await Promise.all(
      ways.map(async (more) => {
        const { code, stdout, stderr } = await cli.run(["status", "--database", url, ...more]);
        expect(code).toBe(1);
        expect(stdout + stderr).not.toMatch(/canary|p@ss/i);
        expect(stdout + stderr).toContain("database_unavailable");
        expect(stderr.includes("\n    at ")).toBe(more.includes("--verbose"));
      }),
    );
    const env = { DATABASE_URL: "postgres://app:Canary@[/" };
    const { stdout, stderr } = await cli.run(["status", "--verbose"], { env });
    expect(stdout + stderr).not.toContain("Canary");
  });

  it("uses no colour where nobody looks", async () => {
    const { stdout } = await cli.run(["status", "--database", `sqlite:${join(folder.path, "absent.db")}`]);
    expect(stdout).not.toContain("\u001b");
  });
});
