import { beforeAll, describe, expect, it } from "vitest";
import { createTestAuth, newCredentials, type TestAuth } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { allAtOnce, errorCode } from "./support/error-code.ts";

forEachDatabase("sessions", (ctx) => {
  const clock = createTestClock();
  let auth: TestAuth;
  beforeAll(async () => {
    auth = await createTestAuth(ctx, {
      clock,
      session: { idleTimeoutSeconds: 3600, absoluteTimeoutSeconds: 86_400, refreshIntervalSeconds: 60 },
    });
  });

  const isAlive = async (token: string): Promise<boolean> => (await auth.getSession(token)) !== null;
  const storedSession = async (id: string) =>
    (await ctx.host.query(`select * from ${ctx.table("sessions")} where id = $1`, [id]))[0];

  describe("SE-04", () => {
    it("ends a session at its idle limit, to the second", async () => {
      const [early, late] = [await auth.signUp(newCredentials()), await auth.signUp(newCredentials())];
      clock.advance(3599);
      expect(await isAlive(early.token)).toBe(true);
      clock.advance(1);
      expect(await isAlive(late.token)).toBe(false);
      expect(await isAlive(early.token)).toBe(true);
      clock.advance(3600);
      expect(await isAlive(early.token)).toBe(false);
    });

    it("ends a session at its absolute limit however busy it is", async () => {
      const { token, session } = await auth.signUp(newCredentials());
      for (let minutes = 30; minutes < 24 * 60; minutes += 30) {
        clock.advance(1800);
        const current = await auth.getSession(token);
        expect(current!.session.expiresAt <= session.absoluteExpiresAt).toBe(true);
        expect(current!.session.absoluteExpiresAt).toEqual(session.absoluteExpiresAt);
      }
      clock.advance(1799);
      expect(await isAlive(token)).toBe(true);
      clock.advance(1);
      expect(await isAlive(token)).toBe(false);
    });
  });

  describe("SE-15", () => {
    it("writes nothing within the refresh interval and once after it, however many ask", async () => {
      const { token, session } = await auth.signUp(newCredentials());
      const before = await storedSession(session.id);
      clock.advance(59);
      await allAtOnce(10, () => auth.getSession(token));
      expect(await storedSession(session.id)).toEqual(before);
      clock.advance(1);
      const seen = await allAtOnce(10, () => auth.getSession(token));
      expect(seen.filter((current) => current!.session.lastSeenAt > session.lastSeenAt)).not.toHaveLength(0);
      expect((await auth.getSession(token))!.session.lastSeenAt).toEqual(clock.now());
    });

    it("answers although the refresh cannot be written", async () => {
      const incidents: string[] = [];
      const watched = await createTestAuth(ctx, { clock, log: ({ event }) => void incidents.push(event) });
      const { token, session, user } = await watched.signUp(newCredentials());
      clock.advance(120);
      await holdReadOnly(async () => {
        expect(await watched.getSession(token)).toEqual({ user, session });
      });
      expect(incidents).toEqual(["session_refresh_failed"]);
    });

    /** While `work` runs the database refuses writes to the sessions. */
    async function holdReadOnly(work: () => Promise<void>): Promise<void> {
      const sessions = ctx.table("sessions");
      const [refuse, allow] =
        ctx.dialect === "postgres"
          ? [
              `create rule refuse as on update to ${sessions} do instead select 1/0`,
              `drop rule refuse on ${sessions}`,
            ]
          : ["pragma query_only = on", "pragma query_only = off"];
      await ctx.host.query(refuse);
      try {
        await work();
      } finally {
        await ctx.host.query(allow);
      }
    }
  });

  it("SE-05: ends at sign-out at once, once", async () => {
    const { token, user, session } = await auth.signUp(newCredentials());
    const results = await allAtOnce(8, () => auth.signOut(token, { userAgent: "bye" }));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await isAlive(token)).toBe(false);
    const events = (await auth.listEvents(user.id)).filter((event) => event.type === "sign_out");
    expect(events).toMatchObject([{ sessionId: session.id, userAgent: "bye", data: {} }]);
  });

  it("SE-11: is not opened by a token of another kind", async () => {
    const { deviceToken, token } = await auth.signUp(newCredentials());
    expect(await auth.getSession(deviceToken)).toBeNull();
    expect(await auth.signOut(deviceToken)).toBe(false);
    expect(await isAlive(token)).toBe(true);
  });

  it("SE-12: no prefix, extension or changed character of a token opens the session", async () => {
    const { token } = await auth.signUp(newCredentials());
    for (let length = 0; length < token.length; length += 1)
      expect(await isAlive(token.slice(0, length))).toBe(false);
    for (const changed of [
      `${token}A`,
      `${token}=`,
      ` ${token}`,
      token.toLowerCase(),
      [...token].reverse().join(""),
    ]) {
      expect(await isAlive(changed)).toBe(false);
    }
  });

  describe("SE-06", () => {
    it("disabling or deleting a user ends all sessions, and enabling brings none back", async () => {
      const credentials = newCredentials();
      const { token, user } = await auth.signUp(credentials);
      const { token: second } = await auth.signIn(credentials);
      expect((await auth.users.disable(user.id)).disabledAt).toEqual(clock.now());
      expect([await isAlive(token), await isAlive(second)]).toEqual([false, false]);
      await auth.users.enable(user.id);
      expect([await isAlive(token), await isAlive(second)]).toEqual([false, false]);
      const { token: third } = await auth.signIn(credentials);
      expect(await auth.users.delete(user.id)).toBe(true);
      expect(await isAlive(third)).toBe(false);
    });

    it("no session outlives a disable that races with sign-ins and refreshes", async () => {
      for (let round = 0; round < 15; round += 1) {
        const credentials = newCredentials();
        const { token, user } = await auth.signUp(credentials);
        clock.advance(61);
        const [tokens] = await Promise.all([
          allAtOnce(6, () =>
            auth.signIn(credentials).then(
              (signedIn) => signedIn.token,
              () => null,
            ),
          ),
          auth.getSession(token),
          auth.users.disable(user.id),
        ]);
        await auth.users.enable(user.id);
        for (const one of [token, ...tokens]) if (one !== null) expect(await isAlive(one)).toBe(false);
        expect(await auth.listSessions(user.id)).toEqual([]);
      }
    });

    it("nor a password change, but for the one it makes", async () => {
      for (let round = 0; round < 15; round += 1) {
        const { email, password } = newCredentials();
        const { token, user } = await auth.signUp({ email, password });
        const [changed] = await Promise.all([
          auth.changePassword({ token, currentPassword: password, newPassword: `${password} new` }),
          allAtOnce(5, () => auth.signIn({ email, password }).catch(() => null)),
        ]);
        expect((await auth.listSessions(user.id)).map(({ id }) => id)).toEqual([changed.session.id]);
      }
    });
  });

  describe("SE-08", () => {
    it("users see and end only their own sessions", async () => {
      const mine = await auth.signUp(newCredentials());
      const yours = await auth.signUp(newCredentials());
      expect(await auth.listSessions(mine.user.id)).toEqual([mine.session]);
      const foreign = { userId: mine.user.id, sessionId: yours.session.id };
      expect(await auth.revokeSession(foreign)).toBe(false);
      await auth.revokeOtherSessions({ userId: mine.user.id, keepSessionId: yours.session.id });
      expect([await isAlive(mine.token), await isAlive(yours.token)]).toEqual([false, true]);
      expect(await auth.revokeSession({ userId: yours.user.id, sessionId: yours.session.id })).toBe(true);
      expect(await auth.revokeSession({ userId: yours.user.id, sessionId: yours.session.id })).toBe(false);
      expect(await isAlive(yours.token)).toBe(false);
    });

    it("all others end but the one to keep, counting the live ones", async () => {
      const credentials = newCredentials();
      const first = await auth.signUp(credentials);
      clock.advance(3600);
      const second = await auth.signIn(credentials);
      const third = await auth.signIn(credentials);
      expect((await auth.listSessions(first.user.id)).map(({ id }) => id).toSorted()).toEqual(
        [second.session.id, third.session.id].toSorted(),
      );
      const target = { userId: first.user.id, keepSessionId: third.session.id };
      expect(await auth.revokeOtherSessions(target, { ipAddress: "192.0.2.7" })).toBe(1);
      expect(await auth.revokeOtherSessions(target)).toBe(0);
      const [event, ...rest] = await auth.listEvents(first.user.id);
      expect(event).toMatchObject({ type: "sessions.revoked", ipAddress: "192.0.2.7", data: { count: 1 } });
      expect(rest.some(({ type }) => type === "sessions.revoked")).toBe(false);
    });
  });

  it("SE-14: a cap holds under parallel sign-ins, and the oldest session ends", async () => {
    const capped = await createTestAuth(ctx, { clock, session: { maxPerUser: 3 } });
    const credentials = newCredentials();
    const { user, token } = await capped.signUp(credentials);
    for (let round = 0; round < 5; round += 1) {
      clock.advance(1);
      const tokens = await allAtOnce(12, async () => (await capped.signIn(credentials)).token);
      expect(new Set(tokens).size).toBe(12);
      expect(await capped.listSessions(user.id)).toHaveLength(3);
    }
    expect(await isAlive(token)).toBe(false);
    clock.advance(1);
    const newest = await capped.signIn(credentials);
    expect(await isAlive(newest.token)).toBe(true);
  });

  it("refuses settings that would not hold", async () => {
    for (const session of [
      { idleTimeoutSeconds: 0 },
      { idleTimeoutSeconds: 100, absoluteTimeoutSeconds: 99 },
      { idleTimeoutSeconds: 60, refreshIntervalSeconds: 60 },
      { maxPerUser: 0 },
      { freshnessSeconds: Number.NaN },
    ]) {
      expect(await errorCode(createTestAuth(ctx, { session }))).toBe("configuration_invalid");
    }
  });
});
