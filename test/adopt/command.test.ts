import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { adopt } from "wispy-auth/adopt";
import { buildCli, type Cli } from "../cli/support/build-cli.ts";
import { errorCode } from "../suite/core/support/error-code.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import type { ProgramResult } from "../support/run-program.ts";
import type { TestDatabase } from "../support/test-database.ts";
import { goPassword } from "./support/go-accounts.ts";
import { openGoDatabase, password } from "./support/go-database.ts";
import { addGoCodes, addGoReferrals } from "./support/go-referrals.ts";
import { createGoTables } from "./support/go-schema.ts";
import { addEvents } from "./support/odd-accounts.ts";
import { countOwnRows } from "./support/old-rows.ts";

// Each process takes seconds to start on a busy machine.
const slow = { timeout: 120_000 };

let cli: Cli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

forEachDatabase("wispy-auth adopt", (ctx) => {
  const run = ({ url }: TestDatabase, ...args: string[]): Promise<ProgramResult> =>
    cli.run(["adopt", "--database", url, ...args]);
  const source = ctx.dialect === "postgres" ? "public.users" : "users";

  it("shows what would happen, does it with --apply, and has nothing left to do", slow, async () => {
    const go = await openGoDatabase(ctx);
    const [id] = await go.add(
      { email: "ann@example.com", verified: true },
      { email: "bob@example.com", suspended: true, provider: "github" },
    );
    await addEvents(go.host, [
      { type: "login_success", userId: id! },
      { type: "account_locked", userId: id! },
    ]);
    const dry = await run(go.database);
    expect(dry).toMatchObject({ code: 0, stderr: "" });
    expect(dry.stdout.split("\n").slice(1)).toEqual([
      `Accounts in ${source}`,
      "  2 found: 2 to adopt, 0 adopted before, 0 held back",
      "  of those to adopt: 1 with a password, 1 verified, 1 disabled, 0 locked at this moment",
      "Security events",
      "  1 to adopt",
      "  1 left behind: account_locked",
      "Waiting in the old tables",
      "  1 identities at OAuth providers, for the OAuth module: until then no sign-in by them",
      expect.stringMatching(/^password_before_linking old account \d+, here [0-9a-f-]{36}$/),
      expect.stringMatching(/^ {2}It was linked/),
      "Nothing was written: this was a dry run, --apply does it",
      "",
    ]);
    expect(await countOwnRows(go.host)).toEqual({});

    const applied = await run(go.database, "--apply");
    expect(applied).toMatchObject({ code: 0, stderr: "" });
    expect(applied.stdout).toMatch(/ {2}2 found: 2 adopted, 0 adopted before, 0 held back\n/);
    await (await go.auth()).signIn({ email: "ann@example.com", password });
    expect((await run(go.database, "--apply")).stdout).toMatch(/2 found: 0 adopted, 2 adopted before/);
    expect((await cli.run(["verify", "--database", go.database.url])).code).toBe(0);
  });

  it("counts referrals, says how they come over, and takes them over with the module", slow, async () => {
    const go = await openGoDatabase(ctx);
    const [ann, bob] = await go.add({ email: "ann@example.com" }, { email: "bob@example.com" });
    const [code, one, other] = await addGoCodes(
      go.host,
      { code: "ANN-CODE", owner: ann!, uses: 1 },
      { code: "BOB-CODE", owner: bob! },
      { code: "B0BC0DE", owner: bob! },
    );
    await addGoReferrals(go.host, { code: code!, referrer: ann!, referee: bob! });
    const without = await run(go.database, "--apply");
    expect(without.code).toBe(0);
    const how =
      "to take them over, list referrals() under modules in wispy-auth.config.mjs, run wispy-auth migrate, and adopt again";
    expect(without.stdout).toContain(`  3 referral codes: ${how}\n  1 referrals: ${how}\n`);

    // Beside the package, so that it finds it.
    const config = `${cli.folder}/${ctx.dialect}.mjs`;
    const database = JSON.stringify(go.database.url);
    await writeFile(
      config,
      `import { referrals } from "wispy-auth/referrals";
export default { database: ${database}, modules: [referrals()] };`,
    );
    expect((await cli.run(["migrate", "--config", config])).code).toBe(0);
    const { code: exitCode, stdout } = await cli.run(["adopt", "--config", config, "--apply"]);
    expect(exitCode).toBe(6);
    expect(stdout).toContain(
      "Referral codes\n  3 found: 1 adopted, 0 adopted before, 2 held back, 0 left behind\n" +
        "Referrals\n  1 found: 1 adopted, 0 adopted before, 0 held back, 0 left behind\n",
    );
    expect(stdout).toContain(
      `held back referrals.code_shared old row of referral_codes ${String(one)}, others ${String(other)}\n`,
    );
    expect(stdout).not.toMatch(/Waiting|BOB.?CODE/);
  });

  it("ends with 6 when accounts are held back, and names each by its number alone", slow, async () => {
    const go = await openGoDatabase(ctx);
    const [one, two] = await go.add({ email: "secret@example.com" }, { email: "Secret@example.com" });
    const { code, stdout } = await run(go.database, "--apply");
    expect(code).toBe(6);
    expect(stdout).toMatch(
      new RegExp(
        `^held back address_shared old account ${String(one)}, would be [0-9a-f-]{36}, others ${String(two)}$`,
        "m",
      ),
    );
    expect(stdout).not.toMatch(/secret/i);
  });

  it("with --strict writes nothing if there is anything to list", slow, async () => {
    const go = await openGoDatabase(ctx);
    await go.add({ email: "a@example.com", security: { mustChangePassword: true } });
    const { code, stdout } = await run(go.database, "--apply", "--strict");
    expect({ code, written: await countOwnRows(go.host) }).toEqual({ code: 6, written: {} });
    expect(stdout).toMatch(/\nNothing was written: --strict asks for an empty list\n$/);
  });

  it("takes its choices, and prints the report as JSON", slow, async () => {
    const go = await openGoDatabase(ctx);
    const [id] = await go.add({ email: "a@example.com", security: { secondFactor: true } });
    await addEvents(go.host, [{ type: "login_success", userId: id! }]);
    const flags = ["--apply", "--without-events", "--without-second-factor", "--json"];
    const { stdout, stderr, code } = await run(go.database, ...flags);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({
      command: "adopt",
      exitCode: 0,
      applied: true,
      source,
      accounts: { found: 1, adopted: 1, disabled: 0 },
      events: { adopted: 0 },
      findings: [{ kind: "second_factor_dropped", oldId: id }],
    });
  });

  it("finds the old tables where it is told they are, and its own in another namespace", slow, async () => {
    const go = await openGoDatabase(ctx);
    const isPostgres = ctx.dialect === "postgres";
    if (isPostgres) await go.host.query(`create schema "Old's"`);
    const place = isPostgres ? `"Old's".go_` : "go_";
    await createGoTables(go.host, place);
    const hash = await goPassword(password);
    await go.host.query(`insert into ${place}users (email, password_hash) values ('there@example.com', $1)`, [
      hash,
    ]);
    await go.add({ email: "not-there@example.com" });
    const from = [...(isPostgres ? ["--from-schema", "Old's"] : []), "--from-prefix", "go_"];
    const { code, stdout } = await run(go.database, "--apply", "--namespace", "other", ...from);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/1 found: 1 adopted/) });
    expect(stdout).toContain(`Accounts in ${isPostgres ? "Old's.go_users" : "go_users"}\n`);
    const auth = await go.auth({ namespace: "other" });
    await auth.signIn({ email: "there@example.com", password });
    expect(await errorCode(auth.signIn({ email: "not-there@example.com", password }))).toBe(
      "invalid_credentials",
    );
  });

  it("says in one sentence what is wrong", slow, async () => {
    const database = await ctx.createDatabase();
    const empty = await run(database);
    expect(empty).toMatchObject({ code: 2, stdout: expect.not.stringContaining("\n  ") });
    expect(empty.stderr).toMatch(
      /^error configuration_invalid: There are no tables of the Go library .*missing table users/,
    );
    const own = ctx.dialect === "postgres" ? ["--from-schema", "wispy"] : ["--from-prefix", "wispy_"];
    expect((await run(database, ...own)).stderr).toMatch(/cannot be in the namespace of the new ones/);
    expect((await cli.run(["migrate", "--apply"])).stderr).toMatch(/--apply belongs to the command adopt/);
    if (ctx.dialect === "sqlite") {
      expect((await run(database, "--from-schema", "main")).stderr).toMatch(/no schema on SQLite/);
    }
  });

  it(
    "prints the tables it needs, for somebody with more rights, and finds nothing to migrate then",
    slow,
    async () => {
      const go = await openGoDatabase(ctx);
      await go.add({ email: "a@example.com" });
      const host = go.database.open({ max: 1 });
      for (const args of [[], ["--module", "adopt"]]) {
        const { stdout, code } = await cli.run(["sql", "--dialect", ctx.dialect, ...args]);
        expect(code).toBe(0);
        if (host.dialect === "sqlite") host.sqlite.exec(stdout);
        else await host.pool.query(stdout);
      }
      const before = Object.keys(await countOwnRows(host));
      expect((await adopt({ database: host.native, apply: true })).accounts.adopted).toBe(1);
      expect(Object.keys(await countOwnRows(host))).toEqual(before);
    },
  );
});
