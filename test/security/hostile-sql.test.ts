import { beforeAll, expect, inject, it } from "vitest";
import { isAuthError } from "../../src/errors.ts";
import type { LogEntry } from "../../src/log.ts";
import { createTestAuth, newCredentials, testBaseUrl, type TestAuth } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { openStatementLog, type StatementLog } from "../schema/support/statement-log.ts";
import { dumpTables } from "../suite/http/support/dump-tables.ts";

/** What becomes part of a statement wherever values are pasted into SQL, in both dialects. */
const corpus: readonly string[] = [
  "'",
  "''",
  '"',
  "\\",
  "\\'",
  "`",
  ";",
  "--",
  "/*",
  "*/",
  "#",
  "$1",
  "$1::text",
  "?",
  "?1",
  ":name",
  "@name",
  "$$",
  "$tag$x$tag$",
  "E'\\x27'",
  "U&'\\0027'",
  "%",
  "_",
  "%27%20or%201=1",
  "' or '1'='1",
  "' or 1=1 --",
  "x' or 1=1 /*",
  "'; drop table users; --",
  "'; drop table wispy.users; --",
  "'); delete from wispy_users; --",
  "' union select null, null, null --",
  "1; select pg_sleep(10)",
  "'||(select password_hash from credentials limit 1)||'",
  "null",
  "default",
  "current_user",
  "{users}",
  "{constraint:users_pkey}",
  "ʼ or 1=1",
  "＇ or 1=1",
  "' and 1=cast((select version()) as int) --",
];

const expected = [
  "invalid_input",
  "password_rejected",
  "user_exists",
  "invalid_credentials",
  "unauthenticated",
  "not_found",
  "too_many_requests",
];

forEachDatabase("IN-14: SQL in a value", (ctx) => {
  const logged: LogEntry[] = [];
  let auth: TestAuth;
  let owner: Awaited<ReturnType<TestAuth["signUp"]>> & { readonly password: string };

  beforeAll(async () => {
    auth = await createTestAuth(ctx, { log: (entry) => logged.push(entry) });
    const credentials = newCredentials();
    owner = { ...(await auth.signUp(credentials)), password: credentials.password };
  });

  /** Every text that a call takes, one at a time. */
  const callsWith = (text: string): readonly (() => Promise<unknown>)[] => {
    const { email, password } = newCredentials();
    const { id } = owner.user;
    const context = { ipAddress: text, userAgent: text, deviceToken: text };
    return [
      () => auth.signUp({ email: text, password }),
      () => auth.signUp({ email: `${text}@example.com`, password }),
      () => auth.signUp({ email, password: `${text} a long password`, name: text }, context),
      () => auth.signIn({ email: text, password }),
      () => auth.signIn({ email, password: text }, context),
      () => auth.getSession(text),
      () => auth.getSession(new Headers({ cookie: `__Host-wispy-session=${encodeURIComponent(text)}` })),
      () => auth.signOut(text, context),
      () => auth.listSessions(text),
      () => auth.revokeSession({ userId: text, sessionId: text }, context),
      () => auth.revokeSession({ userId: id, sessionId: text }),
      () => auth.revokeOtherSessions({ userId: text, keepSessionId: text }),
      () => auth.changePassword({ token: text, currentPassword: text, newPassword: text }),
      () => auth.deleteUser({ token: text, password: text }),
      () => auth.listEvents(text),
      () => auth.listEvents(id, { limit: text as never }),
      () => auth.users.get(text),
      () => auth.users.getByEmail(text),
      () => auth.users.list({ after: text }),
      () => auth.users.list({ limit: text as never }),
      () => auth.users.create({ email: text }),
      () => auth.users.create({ email, passwordHash: text }),
      () => auth.users.update(text, { name: text }),
      () => auth.users.update(id, { email: text }),
      () => auth.users.setPassword(text, password),
      () => auth.users.disable(text, { reason: text }),
      () => auth.users.enable(text),
      () => auth.users.unlock(text),
      () => auth.users.delete(text),
      () => auth.cleanUp({ eventRetentionSeconds: text as never }),
    ];
  };

  it("is a value in every text of every call: refused for what it is, or stored as it is", async () => {
    const usersBefore = await dumpTables(ctx);
    for (const text of corpus) {
      for (const call of callsWith(text)) {
        const code = await call().then(
          () => "none",
          (error: unknown) => (isAuthError(error) ? error.code : String(error)),
        );
        expect(["none", ...expected], `${text} in ${String(call)}`).toContain(code);
      }
    }
    // Nobody was signed in, changed or removed by it.
    const after = await dumpTables(ctx);
    for (const table of ["users", "credentials", "sessions"]) {
      expect(after[table]).toEqual(expect.arrayContaining([...usersBefore[table]!]));
    }
    expect((await auth.getSession(owner.token))!.user).toEqual(owner.user);
    expect(logged).toEqual([]);
  });

  it("comes back character by character", async () => {
    for (const text of corpus) {
      const { email } = newCredentials();
      const password = `${text} a long password`;
      const context = { userAgent: `agent ${text}`, ipAddress: text };
      const { user, session, token } = await auth.signUp({ email, password, name: text }, context);
      const found = (await auth.getSession(token))!;
      expect(found.user.name).toBe(text);
      expect([found.session.userAgent, found.session.ipAddress]).toEqual([`agent ${text}`, text]);
      expect(found).toEqual({ user, session });
      await auth.users.disable(user.id, { reason: text });
      const [event] = await auth.listEvents(user.id, { limit: 1 });
      expect(event!.data).toEqual({ reason: text });
      expect((await auth.users.update(user.id, { name: `${text}2` })).name).toBe(`${text}2`);
    }
  });

  it("is a value in every place of a request", async () => {
    for (const text of corpus) {
      const encoded = encodeURIComponent(text);
      const latin = text.replaceAll(/[^\x20-\xff]/g, "?");
      const headers = {
        "content-type": "application/json",
        cookie: `__Host-wispy-session=${encoded}; __Host-wispy-device=${encoded}`,
        "user-agent": latin,
        "x-forwarded-for": latin,
        origin: testBaseUrl,
      };
      const body = JSON.stringify({ email: text, password: text, name: text });
      for (const [method, path, content] of [
        ["POST", "/sign-in", body],
        ["POST", "/sign-up", body],
        ["GET", "/session", null],
        ["DELETE", `/sessions/${encoded}`, null],
        ["GET", `/session?id=${encoded}`, null],
      ] as const) {
        const request = new Request(`${testBaseUrl}/auth${path}`, { method, headers, body: content });
        const answer = await auth.handler(request, { clientAddress: text });
        expect(answer.status, `${method} ${path} ${text}`).toBeGreaterThanOrEqual(400);
        expect(answer.status, `${method} ${path} ${text}`).toBeLessThan(500);
      }
    }
    expect(logged).toEqual([]);
  });

  it("in a namespace is quoted, or refused at the start", async () => {
    await ctx.host.query("create table precious (id integer primary key)");
    const names = corpus.filter((text) => text.length < 30);
    for (const [i, text] of names.entries()) {
      const namespace =
        ctx.dialect === "postgres" ? { schema: `${text}${String(i)}` } : { prefix: `${text}_` };
      const hostile = await createTestAuth(ctx, { namespace }).catch((error: unknown) => {
        expect(isAuthError(error, "configuration_invalid"), `${text}: ${String(error)}`).toBe(true);
        return null;
      });
      if (hostile === null) continue;
      const credentials = newCredentials();
      await hostile.signUp(credentials);
      expect((await hostile.signIn(credentials)).user.email).toBe(credentials.email);
      expect(await auth.users.getByEmail(credentials.email)).toBeNull();
    }
    expect(await ctx.host.query("select id from precious")).toEqual([]);
  });

  it("is in no statement that is sent", async () => {
    const marker = "m4rk3r";
    const [log, texts] = await openLog();
    auth = await createTestAuth(ctx, { database: log.native });
    log.reset();
    for (const text of corpus) {
      for (const call of callsWith(`${marker}${text}${marker}`)) await call().catch(() => null);
    }
    expect(texts().length).toBeGreaterThan(100);
    expect(texts().filter((text) => text.includes(marker))).toEqual([]);
  });

  /** What is sent, without the values that go beside it. */
  const openLog = async (): Promise<readonly [StatementLog, () => readonly string[]]> => {
    const log = await openStatementLog(ctx.database, inject("postgres"));
    ctx.onSuiteEnd(() => log.close());
    if ("totalCount" in log.native) return [log, () => log.statements()];
    // SQLite's own trace shows statements with their values filled in.
    const texts: string[] = [];
    const prepare = log.native.prepare.bind(log.native);
    log.native.prepare = ((text: string) => {
      const statement = prepare(text);
      for (const method of ["all", "run"] as const) {
        const execute = statement[method].bind(statement) as (...values: unknown[]) => never;
        statement[method] = (...values: unknown[]) => {
          texts.push(text);
          return execute(...values);
        };
      }
      return statement;
    }) as typeof log.native.prepare;
    return [log, () => texts];
  };
});
