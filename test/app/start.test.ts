import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { findFreePort } from "../support/free-port.ts";
import type { Program, RunningProgram } from "../support/run-program.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import { createTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";
import { createPageClient, type PageClient } from "./support/page-client.ts";
import { buildApplication, startApplication, testSecret } from "./support/start-application.ts";

/** What production needs besides a secret. Nobody takes its mails. */
const production = {
  NODE_ENV: "production",
  BASE_URL: "https://notes.example.com",
  SMTP_URL: "smtp://127.0.0.1:1",
};

let program: Program;
let folder: TemporaryFolder;

beforeAll(async () => {
  program = await buildApplication();
  folder = await createTemporaryFolder("app");
});

afterAll(async () => {
  await program.remove();
  await folder.remove();
});

/** Gone with the test, however it ends. */
async function start(env: Readonly<Record<string, string>>) {
  const running = await startApplication(program, env);
  onTestFinished(() => void running.process.process.kill("SIGKILL"));
  return running;
}

function stop(running: RunningProgram, signal: NodeJS.Signals) {
  running.process.kill(signal);
  return running.ended;
}

describe("the application's start", () => {
  const file = (name: string): string => `sqlite:${join(folder.path, name)}`;

  it("makes the database's folder and prints one line with its address", async () => {
    const { url, process } = await start({ DATABASE_URL: file("new/folder/app.db") });
    expect(existsSync(join(folder.path, "new/folder/app.db"))).toBe(true);
    expect((await fetch(url)).status).toBe(200);
    const { code, stdout, stderr } = await stop(process, "SIGINT");
    expect([code, stdout, stderr]).toEqual([0, `Wispy Notes is at ${url}\n`, ""]);
  });

  it("ends with one clear line when it cannot be made", async () => {
    const port = await findFreePort();
    const taken = createServer().listen(port);
    const closed = await findFreePort();
    const unused = String(closed);
    const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
      [{ PORT: String(port), DATABASE_URL: file("a.db") }, /EADDRINUSE.*Set PORT to another one/],
      [{ PORT: "http", DATABASE_URL: file("a.db") }, /PORT is "http"/],
      [{ PORT: "65536", DATABASE_URL: file("a.db") }, /PORT is "65536"/],
      [{ PORT: "0", DATABASE_URL: file("a.db") }, /PORT is "0"/],
      [{ PORT: unused, DATABASE_URL: `postgres://ann:canary@127.0.0.1:${closed}/app` }, /ECONNREFUSED/],
      [{ PORT: unused, DATABASE_URL: "mysql://localhost/app" }, /A database URL begins with/],
      [{ PORT: unused, DATABASE_URL: file("a.db/is-no-folder/app.db") }, /ENOTDIR/],
      [{ PORT: unused, DATABASE_URL: file("a.db"), AUTH_SECRET: "a canary" }, /at least 32 bytes/],
      [{ PORT: unused, DATABASE_URL: file("a.db"), BASE_URL: "example.com" }, /baseUrl is an origin/],
      [
        { PORT: unused, DATABASE_URL: file("a.db"), ...production, AUTH_SECRET: "" },
        /AUTH_SECRET must be set in production/,
      ],
      [{ ...production, DATABASE_URL: file("a.db"), BASE_URL: "" }, /BASE_URL must be set in production/],
      [{ ...production, DATABASE_URL: file("a.db"), SMTP_URL: "" }, /SMTP_URL must be set in production/],
    ];
    for (const [env, message] of cases) {
      const { code, stdout, stderr } = await program.start([], { AUTH_SECRET: testSecret, ...env }).ended;
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/^Wispy Notes cannot start: .+\n$/);
      expect(stderr).not.toContain("canary");
    }
    taken.close();
  });

  it("makes a secret once, for its owner alone, beside the SQLite file", async () => {
    const env = { DATABASE_URL: file("secret/app.db"), AUTH_SECRET: "" };
    const started = await Promise.all(Array.from({ length: 3 }, () => start(env)));
    const path = join(folder.path, "secret/app.db.secret");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readdir(join(folder.path, "secret"))).filter((name) => name.includes("secret"))).toEqual([
      "app.db.secret",
    ]);
    const secret = await readFile(path, "utf8");
    expect(secret).toMatch(/^[\w-]{43}\n$/);
    // What one of them signed, another one reads: all have the same.
    const [first, second] = started.map(({ url }) => createPageClient(url)) as [PageClient, PageClient];
    await first.post("/sign-up", newCredentials());
    await first.post("/invite/codes", { code: "ANNS-NOTES" });
    const visitor = createPageClient(started[2]!.url);
    await visitor.get("/sign-up?code=ANNS-NOTES");
    for (const [name, value] of visitor.cookies) second.cookies.set(name, value);
    expect((await second.get("/sign-up")).html).toContain('value="ANNS-NOTES"');
    await Promise.all(started.map(({ process }) => stop(process, "SIGTERM")));
    const again = await start(env);
    expect(await readFile(path, "utf8")).toBe(secret);
    await stop(again.process, "SIGTERM");
  });

  it("makes share links of BASE_URL, and of this machine's own address without it", async () => {
    const baseUrl = "https://notes.example.com";
    const behind = await start({ DATABASE_URL: file("base-url.db"), BASE_URL: `${baseUrl}/` });
    const client = createPageClient(behind.url);
    const origin = { origin: baseUrl };
    await client.post("/sign-up", newCredentials(), origin);
    expect((await client.post("/invite/codes", { code: "ANNS-NOTES" })).status).toBe(403);
    await client.post("/invite/codes", { code: "ANNS-NOTES" }, origin);
    expect((await client.get("/invite")).html).toContain(`${baseUrl}/invite/ANNS-NOTES`);
    await stop(behind.process, "SIGTERM");
    const open = await start({ DATABASE_URL: file("base-url.db") });
    for (const url of [open.url, open.url.replace("localhost", "127.0.0.1")]) {
      const again = createPageClient(url);
      for (const [name, value] of client.cookies) again.cookies.set(name, value);
      expect((await again.get("/invite")).html).toContain(`${open.url}/invite/ANNS-NOTES`);
      expect((await again.post("/notes", { text: "Milk" })).location).toBe("/");
    }
    await stop(open.process, "SIGTERM");
  });

  it("uses Secure cookies with the __Host- prefix in production, and shows nobody's mail", async () => {
    const { url, process } = await start({ DATABASE_URL: file("production.db"), ...production });
    const client = createPageClient(url);
    const { headers } = await client.post("/sign-up", newCredentials(), { origin: production.BASE_URL });
    expect((await client.get("/dev/mail")).status).toBe(404);
    expect([...client.cookies.keys()]).toEqual(["__Host-wispy-session", "__Host-wispy-device"]);
    expect(headers.getSetCookie().every((cookie) => cookie.includes("; HttpOnly; Secure; "))).toBe(true);
    await stop(process, "SIGTERM");
  });
});

describe("the application without its database", () => {
  it("says so, keeps running, and serves again when the database is back", async () => {
    const database = await createPostgresDatabase({ server: inject("postgres") });
    const proxy = await startTcpProxy(inject("postgres"));
    const env = { DATABASE_URL: postgresUrl(proxy, database.name) };
    const { url, process } = await start(env);
    const client = createPageClient(url);
    await client.post("/sign-up", newCredentials());
    await proxy.refuse(true);
    proxy.cut();
    const answer = await client.get("/account");
    expect([answer.status, answer.html.includes("The database does not answer right now.")]).toEqual([
      503,
      true,
    ]);
    await proxy.refuse(false);
    expect((await client.get("/account")).status).toBe(200);
    expect((await stop(process, "SIGTERM")).code).toBe(0);
    await proxy.stop();
    await database.drop();
  });
});

forEachDatabase("the application's stop and start", (ctx) => {
  it("ends cleanly on SIGTERM although a browser keeps its connection, and finds everything again", async () => {
    const env = { DATABASE_URL: ctx.database.url };
    const first = await start(env);
    const client = createPageClient(first.url);
    await client.post("/sign-up", { ...newCredentials(), name: "Ann" });
    const { code, stderr } = await stop(first.process, "SIGTERM");
    expect([code, stderr]).toEqual([0, ""]);

    const second = await start(env);
    const again = createPageClient(second.url);
    for (const [name, value] of client.cookies) again.cookies.set(name, value);
    expect((await again.get("/")).html).toContain("Hello, Ann");
    await stop(second.process, "SIGTERM");
  });

  it("works when several start at once on an empty database", async () => {
    const database = await ctx.createDatabase();
    const env = { DATABASE_URL: database.url };
    const started = await Promise.all(Array.from({ length: 4 }, () => start(env)));
    for (const { url, process } of started) {
      expect((await createPageClient(url).post("/sign-up", newCredentials())).location).toBe("/");
      await stop(process, "SIGTERM");
    }
  });
});
