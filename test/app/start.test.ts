import { existsSync } from "node:fs";
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
import { createPageClient } from "./support/page-client.ts";
import { buildApplication, startApplication } from "./support/start-application.ts";

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
    const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
      [{ PORT: String(port), DATABASE_URL: file("a.db") }, /EADDRINUSE.*Set PORT to another one/],
      [{ PORT: "http", DATABASE_URL: file("a.db") }, /PORT is "http"/],
      [{ PORT: "65536", DATABASE_URL: file("a.db") }, /PORT is "65536"/],
      [{ PORT: "0", DATABASE_URL: `postgres://ann:secret@127.0.0.1:${closed}/app` }, /ECONNREFUSED/],
      [{ PORT: "0", DATABASE_URL: "mysql://localhost/app" }, /A database URL begins with/],
      [{ PORT: "0", DATABASE_URL: file("a.db/is-no-folder/app.db") }, /ENOTDIR/],
    ];
    for (const [env, message] of cases) {
      const { code, stdout, stderr } = await program.start([], env).ended;
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/^Wispy Notes cannot start: .+\n$/);
      expect(stderr).not.toContain("secret");
    }
    taken.close();
  });

  it("uses Secure cookies with the __Host- prefix in production", async () => {
    const env = { DATABASE_URL: file("production.db"), NODE_ENV: "production" };
    const { url, process } = await start(env);
    const client = createPageClient(url);
    const { headers } = await client.post("/sign-up", newCredentials());
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
