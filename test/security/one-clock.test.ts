import { describe, expect, it } from "vitest";
import { addSeconds } from "../../src/clock.ts";
import { errorCode } from "../suite/core/support/error-code.ts";
import { createTestAuth, newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createTestClock } from "../support/test-clock.ts";
import { statements } from "./support/declared-statements.ts";

const hour = 3600;
const day = 24 * hour;

forEachDatabase("DB-11: the application's clock", (ctx) => {
  describe.each([
    ["an hour behind the database's", -hour],
    ["with the database's", 0],
    ["an hour ahead of the database's", hour],
    ["a year ahead of the database's", 365 * day],
  ])("%s", (_, skew) => {
    const start = () => createTestClock(addSeconds(new Date(), skew));

    it("alone decides when a session ends, goes stale and may change a password", async () => {
      const clock = start();
      const session = { idleTimeoutSeconds: 1800, absoluteTimeoutSeconds: 2700, freshnessSeconds: 600 };
      const auth = await createTestAuth(ctx, { clock, session });
      const { email, password } = newCredentials();
      const { token, user } = await auth.signUp({ email, password });
      const change = { token, currentPassword: password, newPassword: `${password} new` };
      const alive = async () => (await auth.getSession(token)) !== null;
      const outcomes: [number, boolean, number][] = [];
      for (const seconds of [1799, 900, 1]) {
        clock.advance(seconds);
        outcomes.push([seconds, await alive(), (await auth.listSessions(user.id)).length]);
      }
      expect(outcomes).toEqual([
        [1799, true, 1],
        [900, true, 1],
        [1, false, 0],
      ]);
      expect(await errorCode(auth.changePassword(change))).toBe("unauthenticated");

      const { token: second } = await auth.signIn({ email, password });
      clock.advance(599);
      const fresh = await auth.changePassword({ ...change, token: second });
      clock.advance(600);
      expect(
        await errorCode(
          auth.changePassword({
            token: fresh.token,
            currentPassword: change.newPassword,
            newPassword: password,
          }),
        ),
      ).toBe("session_not_fresh");
    });

    it("alone decides how long a lock lasts and when failures are forgotten", async () => {
      const clock = start();
      const auth = await createTestAuth(ctx, { clock });
      const credentials = newCredentials();
      await auth.signUp(credentials);
      const guess = () => errorCode(auth.signIn({ ...credentials, password: "not this one" }));
      for (let i = 0; i < 5; i += 1) await guess();
      clock.advance(59);
      expect(await errorCode(auth.signIn(credentials))).toBe("invalid_credentials");
      clock.advance(1);
      expect(await errorCode(auth.signIn(credentials))).toBe("none");
    });

    it("is the time of every row, and of what the clean-up removes", async () => {
      const clock = start();
      const auth = await createTestAuth(ctx, { clock });
      const credentials = newCredentials();
      const now = clock.now();
      const { user, session, token } = await auth.signUp(credentials);
      expect([user.createdAt, session.createdAt, session.lastSeenAt]).toEqual([now, now, now]);
      expect((await auth.getSession(token))!.session).toEqual(session);
      expect((await auth.listEvents(user.id))[0]!.occurredAt).toEqual(now);
      clock.advance(30 * day - 1);
      await auth.cleanUp();
      const remaining = () =>
        ctx.host.query(`select id from ${ctx.table("sessions")} where id = $1`, [session.id]);
      expect(await remaining()).toHaveLength(1);
      clock.advance(2);
      await auth.cleanUp();
      expect(await remaining()).toHaveLength(0);
    });
  });

  it("of two hosts, 90 seconds apart: no session ends early, none comes to life again, and no lock is lost", async () => {
    const ahead = createTestClock();
    const behind = createTestClock(addSeconds(ahead.now(), -90));
    const session = { idleTimeoutSeconds: 600, absoluteTimeoutSeconds: 1200, refreshIntervalSeconds: 60 };
    const [fast, slow] = [
      await createTestAuth(ctx, { clock: ahead, session }),
      await createTestAuth(ctx, { clock: behind, session }),
    ];
    const credentials = newCredentials();
    const { token, user } = await fast.signUp(credentials);
    for (let i = 0; i < 8; i += 1) {
      const before = (await fast.getSession(token))!.session;
      const seen = (await slow.getSession(token))!.session;
      expect(seen.lastSeenAt.getTime()).toBeGreaterThanOrEqual(before.lastSeenAt.getTime());
      expect(seen.expiresAt <= seen.absoluteExpiresAt).toBe(true);
      ahead.advance(120);
      behind.advance(120);
    }
    ahead.advance(1200);
    behind.advance(1200);
    expect([await fast.getSession(token), await slow.getSession(token)]).toEqual([null, null]);

    for (let i = 0; i < 5; i += 1) {
      await errorCode((i % 2 === 0 ? fast : slow).signIn({ ...credentials, password: "not this one" }));
    }
    expect(await errorCode(slow.signIn(credentials))).toBe("invalid_credentials");
    expect(await errorCode(fast.signIn(credentials))).toBe("invalid_credentials");
    ahead.advance(60);
    behind.advance(60);
    expect(await errorCode(fast.signIn(credentials))).toBe("none");
    expect((await slow.listSessions(user.id)).length).toBe(1);
  });
});

it("DB-11: no statement of ours asks the database for the time", () => {
  const names =
    /\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|localtime|localtimestamp|current_time|current_timestamp|current_date|strftime|unixepoch|julianday|datetime)\b\s*(\(|$|[^\w"])/i;
  expect(statements.length).toBeGreaterThan(30);
  for (const { id, text } of statements) {
    expect(text.replaceAll(/"[^"]*"/g, '""'), id).not.toMatch(names);
  }
});
