import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { createAuth } from "../../src/auth.ts";
import type { AuthErrorCode } from "../../src/errors.ts";
import { cheapHasher, createTestAuth, testBaseUrl, type TestAuth } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createTestClock } from "../support/test-clock.ts";
import { dumpTables } from "../suite/http/support/dump-tables.ts";
import { EverySink } from "./support/every-sink.ts";

const mark = "c4n4ry";
const secret = (): string => `${mark}-${randomUUID()}`;

/** Codes that no call of the public interface gives while the code is right, or that carry no value of a caller. */
const elsewhere: readonly AuthErrorCode[] = [
  // Answers over HTTP alone, searched below as bodies.
  "origin_refused",
  "unsupported_media_type",
  "payload_too_large",
  "request_timeout",
  "method_not_allowed",
  "internal_error",
];

forEachDatabase("AU-03: secrets", (ctx) => {
  const clock = createTestClock();
  const sink = new EverySink();
  /** Every token that was handed out or presented. */
  const tokens: string[] = [];
  let auth: TestAuth;

  beforeAll(async () => {
    auth = await createTestAuth(ctx, { clock, log: sink.log, lockout: { maxFailures: 2 } });
  });

  const newAccount = async () => {
    const [email, password] = [`${secret()}@example.com`, secret()];
    const opened = await auth.signUp({ email, password, name: "Ada" });
    tokens.push(opened.token, opened.deviceToken);
    return { email, password, ...opened };
  };

  const expectNoSecret = async (): Promise<void> => {
    const { events, attempts } = await dumpTables(ctx);
    for (const row of [...events!, ...attempts!]) sink.take(row);
    const hashes = (await ctx.host.query(`select password_hash from ${ctx.table("credentials")}`)).map(
      (row) => String(row["password_hash"]),
    );
    expect(sink.find([mark, ...tokens, ...hashes])).toBeNull();
  };

  it("are in no event, log entry or error of calls that succeed and calls that are refused", async () => {
    const one = await newAccount();
    const { email, password, token, user, session } = one;
    const wrong = secret();
    const refused: readonly (() => unknown)[] = [
      () => auth.signUp({ email, password: secret() }),
      () => auth.signUp({ email: `${secret()} @ example.com`, password }),
      () => auth.signUp({ email: `${secret()}@example.com`, password: "password" }),
      () => auth.signUp({ email, password: `${secret()}\ud800` }),
      () => auth.signUp({ email, password: secret().repeat(100) }),
      () => auth.signUp({ email, password, name: `${secret()}\0` }),
      () => auth.signUp({ email: [secret()], password: { a: secret() } } as never),
      () => auth.signIn({ email: `${secret()}@example.com`, password: wrong }),
      () => auth.signIn({ email, password: `${secret()}\ud800` }),
      () => auth.signIn({ email, password: wrong }, { deviceToken: secret(), userAgent: "a browser" }),
      () => auth.changePassword({ token: secret(), currentPassword: password, newPassword: secret() }),
      () => auth.changePassword({ token, currentPassword: wrong, newPassword: secret() }),
      () => auth.changePassword({ token, currentPassword: password, newPassword: email }),
      () => auth.deleteUser({ token, password: wrong }),
      () => auth.deleteUser({ token, password }),
      () => auth.users.create({ email: `${secret()}@example.com`, passwordHash: `$argon2id$${secret()}` }),
      () => auth.users.create({ email, password: secret() }),
      () => auth.users.update(user.id, { email: secret() }),
      () => auth.users.update(secret(), { email: `${secret()}@example.com` }),
      () => auth.users.setPassword(user.id, secret().slice(0, 6)),
      () => auth.users.setPassword(secret(), secret()),
      () => auth.users.disable(user.id, { reason: `${secret()}\0` }),
      () => auth.listEvents(user.id, { limit: secret() as never }),
      () => auth.within(secret()),
    ];
    for (const call of refused) {
      await sink
        .failing(async () => await call())
        .catch((error: unknown) => expect.fail(`${String(call)}: ${String(error)}`));
    }
    await auth.users.unlock(user.id);
    const again = await auth.signIn({ email, password }, { deviceToken: one.deviceToken });
    tokens.push(again.token);
    expect(await auth.getSession(secret())).toBeNull();
    await auth.revokeSession({ userId: user.id, sessionId: session.id });
    await auth.signOut(again.token);
    clock.advance(2 * 86_400);
    const late = await auth.signIn({ email, password });
    tokens.push(late.token, late.deviceToken);
    clock.advance(2 * 86_400);
    const change = { token: late.token, currentPassword: password, newPassword: secret() };
    expect(await sink.failing(() => auth.changePassword(change))).toBe("session_not_fresh");
    await auth.users.setPassword(user.id, change.newPassword);
    await auth.users.update(user.id, { email: `${secret()}@example.com` });
    await expectNoSecret();
  });

  it("are in no answer to a request that is refused", async () => {
    const { email, password, token } = await newAccount();
    const json = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const requests: readonly [string, string, Record<string, string>, string?][] = [
      ["POST", "/sign-in", json, JSON.stringify({ email, password: secret() })],
      ["POST", "/sign-in", json, JSON.stringify({ email: secret(), password })],
      ["POST", "/sign-in", json, `{"email": "${email}", "password": "${password}"`],
      ["POST", "/sign-in", json, JSON.stringify({ email, password: [password], [secret()]: 1 })],
      ["POST", "/sign-in", { "content-type": "text/plain" }, password],
      [
        "POST",
        "/sign-in",
        { ...json, cookie: `__Host-wispy-session=${token}`, origin: "https://evil.example" },
      ],
      ["POST", "/sign-up", json, JSON.stringify({ email, password: secret() })],
      ["POST", "/sign-up", json, JSON.stringify({ email: `${secret()}@example.com`, password: "password" })],
      ["POST", "/sign-up", json, JSON.stringify({ email, password: secret().repeat(2_000) })],
      [
        "POST",
        "/password/change",
        json,
        JSON.stringify({ currentPassword: secret(), newPassword: secret() }),
      ],
      ["DELETE", "/user", json, JSON.stringify({ password: secret() })],
      ["DELETE", `/sessions/${secret()}`, json],
      ["GET", `/${secret()}?token=${secret()}`, json],
      ["PUT", "/sign-in", json, JSON.stringify({ password })],
      [
        "GET",
        "/session",
        { authorization: `Bearer ${secret()}`, cookie: `__Host-wispy-session=${secret()}` },
      ],
    ];
    for (const [method, path, headers, body] of requests) {
      const request = new Request(`${testBaseUrl}/auth${path}`, { method, headers, body: body ?? null });
      const answer = await auth.handler(request);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      sink.take(await answer.text());
      sink.take([...answer.headers]);
    }
    await expectNoSecret();
  });

  describe("when the database refuses rows", () => {
    /** The application has added a column to our table that our inserts know nothing of. */
    const withObstacle = async (table: string, work: () => Promise<void>): Promise<void> => {
      const name = ctx.table(table);
      if (ctx.dialect === "postgres") {
        await ctx.host.query(`alter table ${name} add constraint obstacle check (false) not valid`);
      } else {
        await ctx.host.query(
          `create trigger obstacle before insert on ${name} begin select raise(abort, 'not here'); end`,
        );
      }
      try {
        await work();
      } finally {
        await ctx.host.query(
          ctx.dialect === "postgres"
            ? `alter table ${name} drop constraint obstacle`
            : "drop trigger obstacle",
        );
      }
    };

    it.each(["users", "credentials", "sessions", "devices", "attempts", "events"])(
      "%s: are in no log entry and no error, causes included",
      async (table) => {
        const { email, password, token, user } = await newAccount();
        const prepared = await auth.prepareSignUp({ email: `${secret()}@example.com`, password: secret() });
        await withObstacle(table, async () => {
          const calls: Readonly<Record<string, () => Promise<unknown>>> = {
            signUp: () => auth.signUp(prepared),
            create: () => auth.users.create({ email: `${secret()}@example.com`, password: secret() }),
            signIn: () => auth.signIn({ email, password }),
            wrong: () => auth.signIn({ email: `${secret()}@example.com`, password: secret() }),
            change: () => auth.changePassword({ token, currentPassword: password, newPassword: secret() }),
            update: () => auth.users.update(user.id, { email: `${secret()}@example.com`, name: "Bea" }),
            setPassword: () => auth.users.setPassword(user.id, secret()),
          };
          let failed = 0;
          for (const call of Object.values(calls)) {
            await sink.failing(call).then(
              (code) => void (failed += code === "database_error" ? 1 : 0),
              () => undefined,
            );
          }
          expect(failed).toBeGreaterThan(0);
          const body = JSON.stringify({ email: `${secret()}@example.com`, password: secret() });
          const headers = { "content-type": "application/json" };
          for (const path of ["/sign-up", "/sign-in"]) {
            const request = new Request(`${testBaseUrl}/auth${path}`, { method: "POST", headers, body });
            const answer = await auth.handler(request);
            if (!answer.ok) sink.take(await answer.text());
          }
        });
        await expectNoSecret();
      },
    );
  });

  it("in the address of a database are in no error", async () => {
    const password = secret();
    const addresses = [
      `postgres://${mark}:${password}@127.0.0.1:1/app`,
      `mysql://${mark}:${password}@127.0.0.1/app`,
      `sqlite:/nowhere/${password}/app.db`,
    ];
    for (const database of addresses) {
      expect(["configuration_invalid", "database_unavailable"]).toContain(
        await sink.failing(() => createAuth({ database, pool: { connectionTimeoutSeconds: 1 } })),
      );
    }
    expect(sink.find([password])).toBeNull();
  });

  it("are in no error of a handle that is closed, busy or strange", async () => {
    const database = await ctx.createDatabase();
    const host = database.open({ max: 1 });
    const hasher = { ...cheapHasher, verify: () => new Promise<never>(() => undefined) };
    const options = { ...ctx.authOptions, log: sink.log, pool: { connectionTimeoutSeconds: 1 } };
    await sink.failing(() => createAuth({ ...options, database: host.native, migrate: "verify" }));
    const other = await createAuth({ ...options, database: host.native, password: { hasher } });
    const [email, password] = [`${secret()}@example.com`, secret()];
    const full = Array.from({ length: 100 }, () =>
      other.signIn({ email: `${secret()}@example.com`, password }),
    );
    await sink.failing(() => Promise.race(full));
    for (const call of full) call.catch(() => undefined);
    const prepared = await auth.prepareSignUp({ email, password });
    if (ctx.dialect === "postgres") {
      const client = await host.pool.connect();
      await sink.failing(() => other.within(client).signUp(prepared));
      await client.query("begin");
      await sink.failing(() => other.signUp(prepared));
      await client.query("select 1 / 0").catch(() => undefined);
      await sink.failing(() => other.within(client).signUp(prepared));
      await sink.failing(async () => other.within(client).signIn({ email, password }));
      await client.query("rollback");
      client.release();
      const alone = await host.pool.connect();
      const onClient = await createAuth({ ...options, database: alone });
      await alone.query("begin");
      await sink.failing(() => onClient.signUp(prepared));
      await alone.query("rollback");
      alone.release();
    } else {
      await sink.failing(async () => other.within(host.native).signUp(prepared));
      host.sqlite.exec("begin");
      await sink.failing(() => other.signUp(prepared));
      await sink.failing(async () => other.within(host.native).signIn({ email, password }));
      host.sqlite.exec("rollback");
    }
    await host.close();
    await sink.failing(() => other.signUp(prepared));
    await sink.failing(() => createAuth({ ...options, database: { [mark]: secret() } as never }));
    expect(sink.find([mark])).toBeNull();
    expect(sink.codes().filter((code) => elsewhere.some((one) => one === code))).toEqual([]);
    expect(sink.codes()).toEqual(expect.arrayContaining([...met, ...metOn[ctx.dialect]]));
  });

  const met: readonly AuthErrorCode[] = [
    "configuration_invalid",
    "database_closed",
    "database_error",
    "database_unavailable",
    "host_transaction_open",
    "invalid_credentials",
    "invalid_input",
    "not_found",
    "overloaded",
    "password_rejected",
    "schema_pending",
    "session_not_fresh",
    "sign_in_cannot_join",
    "too_many_requests",
    "transaction_required",
    "unauthenticated",
    "unsupported_handle",
    "user_exists",
  ];
  const metOn: Readonly<Record<"sqlite" | "postgres", readonly AuthErrorCode[]>> = {
    sqlite: [],
    postgres: ["connection_timeout", "transaction_aborted"],
  };
});
