import { describe, expect, it } from "vitest";
import type { PasswordHasher } from "../../src/crypto/password-hasher.ts";
import { systemRandom } from "../../src/ids.ts";
import { errorCode } from "../suite/core/support/error-code.ts";
import { dumpTables } from "../suite/http/support/dump-tables.ts";
import {
  cheapHasher,
  createTestAuth,
  newCredentials,
  type AuthOptions,
} from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createHttpClient } from "../support/http-client.ts";
import { createTestClock } from "../support/test-clock.ts";

forEachDatabase("CF-03: a dependency that fails", (ctx) => {
  const failure = new Error("made by the test");
  const failing = (): never => {
    throw failure;
  };
  const verifying = (answer: () => unknown): PasswordHasher => ({
    hash: cheapHasher.hash,
    verify: answer as PasswordHasher["verify"],
  });

  const setUp = async (broken: Partial<AuthOptions>) => {
    const options = { log: () => undefined, ...broken };
    const [sound, unsound] = [await createTestAuth(ctx), await createTestAuth(ctx, options)];
    const { email, password } = newCredentials();
    const opened = await sound.signUp({ email, password });
    const wrong = { email, password: "not this one" };
    return { sound, unsound, email, password, wrong, ...opened };
  };

  const sessionsAndUsers = async (): Promise<unknown> => {
    const { users, credentials, sessions } = await dumpTables(ctx);
    return { users, credentials, sessions };
  };

  it.each<readonly [string, () => unknown]>([
    ["throws", failing],
    ["rejects", () => Promise.reject(failure)],
    ["answers nothing", () => Promise.resolve(undefined)],
    ["answers true and no more", () => Promise.resolve(true)],
    ["answers a text", () => Promise.resolve({ valid: "false", outdated: false })],
    ["forgot to await", () => Promise.resolve({ valid: Promise.resolve(false), outdated: false })],
  ])("a hasher that %s signs nobody in and confirms nothing", async (_, answer) => {
    const { unsound, wrong, token } = await setUp({ password: { hasher: verifying(answer) } });
    const before = await sessionsAndUsers();
    await expect(unsound.signIn(wrong)).rejects.toThrow();
    const change = { token, currentPassword: wrong.password, newPassword: "another horse entirely" };
    await expect(unsound.changePassword(change)).rejects.toThrow();
    await expect(unsound.deleteUser({ token, password: wrong.password })).rejects.toThrow();
    const { status, headers } = await createHttpClient(unsound).post("/sign-in", wrong);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(headers.getSetCookie()).toEqual([]);
    expect(await sessionsAndUsers()).toEqual(before);
  });

  it("a random source that fails makes no session and no user", async () => {
    const { unsound, email, password } = await setUp({ random: failing });
    const before = await sessionsAndUsers();
    await expect(unsound.signIn({ email, password })).rejects.toThrow();
    await expect(unsound.signUp(newCredentials())).rejects.toThrow();
    expect((await createHttpClient(unsound).post("/sign-in", { email, password })).status).toBe(500);
    expect(await sessionsAndUsers()).toEqual(before);
  });

  it("a random source that repeats itself gives nobody another's session", async () => {
    let fixed = false;
    const random = (bytes: Uint8Array): void => void (fixed ? bytes.fill(7) : systemRandom(bytes));
    const { unsound, sound } = await setUp({ random });
    const [one, other] = [newCredentials(), newCredentials()];
    await sound.signUp(one);
    await sound.signUp(other);
    fixed = true;
    const first = await unsound.signIn(one);
    const second = await unsound.signIn(other).catch(() => null);
    if (second !== null) expect(second.token).not.toBe(first.token);
    expect((await sound.getSession(first.token))!.user.email).toBe(one.email);
  });

  it.each<readonly [string, () => Date]>([
    ["throws", failing],
    ["knows no time", () => new Date(Number.NaN)],
  ])("a clock that %s signs nobody in, and knows no session", async (_, now) => {
    const { unsound, email, password, token } = await setUp({ clock: { now } });
    const before = await sessionsAndUsers();
    await expect(unsound.signIn({ email, password })).rejects.toThrow();
    await expect(unsound.getSession(token)).rejects.toThrow();
    const headers = { authorization: `Bearer ${token}` };
    expect((await createHttpClient(unsound).get("/session", headers)).status).toBe(500);
    expect(await sessionsAndUsers()).toEqual(before);
  });

  it("a check of the application's own that fails lets no password through", async () => {
    for (const isAllowed of [failing, () => Promise.reject(failure), () => undefined as never, () => false]) {
      const { unsound } = await setUp({ password: { isAllowed } });
      const before = await sessionsAndUsers();
      await expect(unsound.signUp(newCredentials())).rejects.toThrow();
      expect(await sessionsAndUsers()).toEqual(before);
    }
  });

  it("a log that throws changes no answer over HTTP", async () => {
    const { unsound, token } = await setUp({ log: failing, clock: { now: failing } });
    const headers = { authorization: `Bearer ${token}` };
    expect((await createHttpClient(unsound).get("/session", headers)).status).toBe(500);
  });

  it.each<readonly [string, () => never]>([
    ["throws", failing],
    ["rejects", (() => Promise.reject(failure)) as never],
  ])("a log that %s where a refresh could not be written costs nobody the session", async (_, log) => {
    const clock = createTestClock();
    const { unsound, token, session } = await setUp({ log, clock });
    clock.advance(120);
    const constraint = `alter table ${ctx.table("sessions")} add constraint refuse check (last_seen_at <= '${session.lastSeenAt.toISOString()}') not valid`;
    await ctx.host.query(ctx.dialect === "postgres" ? constraint : "pragma query_only = on");
    try {
      expect((await unsound.getSession(token))!.session).toEqual(session);
    } finally {
      await ctx.host.query(
        ctx.dialect === "postgres"
          ? `alter table ${ctx.table("sessions")} drop constraint refuse`
          : "pragma query_only = off",
      );
    }
  });

  describe("an option that is wrong", () => {
    it.each<Partial<Record<keyof AuthOptions, unknown>>>([
      { password: { minLength: 1 } },
      { session: { idleTimeoutSeconds: -1 } },
      { session: { absoluteTimeoutSeconds: Number.POSITIVE_INFINITY } },
      { lockout: { maxFailures: 0 } },
      { lockout: { maxConsecutiveFailures: 1e9 } },
      { cookie: { sameSite: "none" } },
      { cookie: { name: "a b" } },
      { baseUrl: "app.example.com" },
      { basePath: "auth" },
      { trustedOrigins: ["*"] },
      { trustedProxy: { hops: -1 } },
      { trustedProxy: { cidrs: ["10.0.0.0/99"] } },
      { namespace: { schema: "", prefix: "" } },
      { database: "mysql://127.0.0.1/app" },
      { database: {} },
      { database: undefined },
    ])("%j stops the start", async (option) => {
      const made = createTestAuth(ctx, option as Partial<AuthOptions>);
      expect(["configuration_invalid", "unsupported_handle"]).toContain(await errorCode(made));
    });
  });
});
