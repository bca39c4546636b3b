import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Database } from "../../../src/database/database.ts";
import { connect } from "../../../src/database/connect.ts";
import { accountKey } from "../../../src/core/lockout/attempt-key.ts";
import { resolveLockoutSettings } from "../../../src/core/lockout/lockout-settings.ts";
import { reservationRules } from "../../../src/core/lockout/reservation-rules.ts";
import { reserveSignIn } from "../../../src/core/sign-in/reserve-sign-in.ts";
import { createTestAuth, newCredentials, type TestAuth } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { countingHasher } from "./support/counting-hasher.ts";
import { allAtOnce, errorCode, tally } from "./support/error-code.ts";

forEachDatabase("lockout", (ctx) => {
  const clock = createTestClock();

  /** An account with its Auth; the hasher tells how many passwords were really tried. */
  const setUp = async (lockout: Parameters<typeof createTestAuth>[1] = {}) => {
    const hasher = countingHasher();
    const auth = await createTestAuth(ctx, { clock, password: { hasher }, ...lockout });
    const credentials = newCredentials();
    const created = await auth.signUp(credentials);
    return { auth, hasher, ...credentials, ...created };
  };

  const guess = (auth: TestAuth, email: string, deviceToken: string | null = null) =>
    errorCode(auth.signIn({ email, password: `wrong ${randomUUID()}` }, { deviceToken }));

  const attemptOf = async (email: string) => {
    const text = `select failures, consecutive from ${ctx.table("attempts")} where key = $1`;
    const [row] = await ctx.host.query(text, [accountKey({ canonical: email })]);
    return row ? { failures: Number(row["failures"]), consecutive: Number(row["consecutive"]) } : null;
  };

  it("RL-01: of 200 wrong passwords at once five are tried, and the counter is exact", async () => {
    const { auth, hasher, email } = await setUp();
    const codes = await allAtOnce(200, () => guess(auth, email));
    expect(tally(codes)).toEqual({ invalid_credentials: 200 });
    expect(hasher.verified()).toBe(5);
    expect(hasher.worked()).toBe(200);
    expect(await attemptOf(email)).toEqual({ failures: 5, consecutive: 5 });
  });

  describe("RL-01: reservations of many instances of the application", () => {
    // Straight on the database, past the turns that one instance takes: as a fleet of them would arrive.
    const race = async (
      reserve: (database: Database, email: string) => Promise<boolean>,
    ): Promise<number> => {
      await createTestAuth(ctx);
      const databases = await Promise.all(
        Array.from({ length: 2 }, () =>
          connect(ctx.database.open({ max: ctx.variant.poolMax }).native, ctx.authOptions),
        ),
      );
      const { email } = newCredentials();
      const granted = await allAtOnce(40, (i) => reserve(databases[i % 2]!, email));
      await Promise.all(databases.map((database) => database.close()));
      return granted.filter(Boolean).length;
    };

    it("are granted exactly as often as the limit says", async () => {
      const rules = reservationRules(resolveLockoutSettings(), clock.now());
      for (let round = 0; round < 5; round += 1) {
        const granted = await race(async (database, email) => {
          const key = accountKey({ canonical: email });
          const params = { ...rules, accountKey: key, emailCanonical: email, deviceTokenHash: null };
          return (await reserveSignIn(database, params)).reservation !== null;
        });
        expect(granted).toBe(5);
      }
    });

    it("would be granted too often by a twin that looks first and counts afterwards", async () => {
      const granted = await race(async (_, email) => {
        const key = accountKey({ canonical: email });
        const attempt = await attemptOf(email);
        await new Promise((resolve) => setImmediate(resolve));
        if (attempt !== null && attempt.failures >= 5) return false;
        await ctx.host.query(
          `insert into ${ctx.table("attempts")} as a (key, failures, consecutive, last_failed_at) values ($1, 1, 1, ${
            ctx.dialect === "postgres" ? "now()" : "0"
          }) on conflict (key) do update set failures = a.failures + 1`,
          [key],
        );
        return true;
      });
      expect(granted).toBeGreaterThan(5);
    });
  });

  it("EN-06: an account that does not exist fills and locks alike", async () => {
    const { auth, hasher } = await setUp();
    const { email } = newCredentials();
    for (let i = 0; i < 8; i += 1) expect(await guess(auth, email)).toBe("invalid_credentials");
    expect(await attemptOf(email)).toEqual({ failures: 5, consecutive: 5 });
    expect(hasher.worked()).toBe(8);
  });

  it("RL-06: holds without an address of the client", async () => {
    const { auth, email, password } = await setUp();
    for (let i = 0; i < 5; i += 1) await guess(auth, email);
    expect(await errorCode(auth.signIn({ email, password }, { ipAddress: null }))).toBe(
      "invalid_credentials",
    );
  });

  it("locks for a minute, then twice as long after each further failure, up to a quarter of an hour", async () => {
    const { auth, hasher, email, password } = await setUp();
    for (let i = 0; i < 5; i += 1) await guess(auth, email);
    for (const seconds of [60, 120, 240, 480, 900, 900]) {
      clock.advance(seconds - 1);
      const before = hasher.verified();
      expect(await errorCode(auth.signIn({ email, password }))).toBe("invalid_credentials");
      expect(hasher.verified()).toBe(before);
      clock.advance(1);
      await guess(auth, email);
      expect(hasher.verified()).toBe(before + 1);
    }
    clock.advance(900);
    expect(await errorCode(auth.signIn({ email, password }))).toBe("none");
    expect(await attemptOf(email)).toBeNull();
  });

  it("forgets failures after a quiet hour, though not how many there were in a row", async () => {
    const { auth, email, password } = await setUp();
    for (let i = 0; i < 4; i += 1) await guess(auth, email);
    clock.advance(3600);
    for (let i = 0; i < 4; i += 1) await guess(auth, email);
    expect(await attemptOf(email)).toEqual({ failures: 4, consecutive: 8 });
    expect(await errorCode(auth.signIn({ email, password }))).toBe("none");
  });

  it("gives the attempt back to a right password", async () => {
    const { auth, email, password } = await setUp();
    for (let round = 0; round < 4; round += 1) {
      for (let i = 0; i < 4; i += 1) await guess(auth, email);
      expect(await errorCode(auth.signIn({ email, password }))).toBe("none");
    }
  });

  it("RL-02: a year of patient guessing gets 100 tries, and recovery helps", async () => {
    const { auth, hasher, email, password, user } = await setUp();
    for (let i = 0; i < 200; i += 1) {
      await guess(auth, email);
      clock.advance(2 * 86_400);
      if (i % 20 === 0) await auth.cleanUp();
    }
    expect(hasher.verified()).toBe(100);
    expect(await errorCode(auth.signIn({ email, password }))).toBe("invalid_credentials");
    await auth.users.unlock(user.id);
    expect(await errorCode(auth.signIn({ email, password }))).toBe("none");
  });

  describe("RL-03: the owner", () => {
    it("signs in from a known device whatever strangers do, and that ends their lock", async () => {
      const { auth, email, password, deviceToken } = await setUp({ lockout: { maxConsecutiveFailures: 20 } });
      for (let i = 0; i < 100; i += 1) {
        await guess(auth, email);
        clock.advance(60);
      }
      expect(await errorCode(auth.signIn({ email, password }))).toBe("invalid_credentials");
      expect(await errorCode(auth.signIn({ email, password }, { deviceToken }))).toBe("none");
      expect(await errorCode(auth.signIn({ email, password }))).toBe("none");
    });

    it("is let in by a new password that the application sets", async () => {
      const { auth, email, user } = await setUp();
      for (let i = 0; i < 6; i += 1) await guess(auth, email);
      await auth.users.setPassword(user.id, "a wholly new one");
      expect(await errorCode(auth.signIn({ email, password: "a wholly new one" }))).toBe("none");
    });

    it("is not served by a device token of somebody else, or made up", async () => {
      const { auth, email, password } = await setUp();
      const other = await auth.signUp(newCredentials());
      for (let i = 0; i < 5; i += 1) await guess(auth, email);
      for (const deviceToken of [other.deviceToken, other.token, "A".repeat(43)]) {
        expect(await errorCode(auth.signIn({ email, password }, { deviceToken }))).toBe(
          "invalid_credentials",
        );
      }
    });

    it("has a budget on the known device too", async () => {
      const { auth, hasher, email, password, deviceToken } = await setUp();
      for (let i = 0; i < 10; i += 1) await guess(auth, email, deviceToken);
      expect(hasher.verified()).toBe(5);
      expect(await attemptOf(email)).toBeNull();
      expect(await errorCode(auth.signIn({ email, password }, { deviceToken }))).toBe("invalid_credentials");
      expect(await errorCode(auth.signIn({ email, password }))).toBe("none");
      expect(await errorCode(auth.signIn({ email, password }, { deviceToken }))).toBe("invalid_credentials");
      clock.advance(60);
      expect(await errorCode(auth.signIn({ email, password }, { deviceToken }))).toBe("none");
    });
  });

  it("an attempt that the full hash queue turned away does not count", async () => {
    const busy = await createTestAuth(ctx, {
      password: { hasher: { hash: async () => "x", verify: () => new Promise(() => undefined) } },
    });
    const { email } = newCredentials();
    // Slots and waiting room of the queue, taken by accounts whose verification never ends.
    const blockers = Array.from({ length: 100 }, () => errorCode(busy.signIn({ ...newCredentials() })));
    await Promise.race(blockers);
    expect(await guess(busy, email)).toBe("overloaded");
    expect(await attemptOf(email)).toEqual({ failures: 0, consecutive: 0 });
  });

  it("refuses settings that would not hold", async () => {
    for (const lockout of [
      { maxFailures: 0 },
      { maxConsecutiveFailures: 101 },
      { lockSeconds: 600, maxLockSeconds: 60 },
      { decaySeconds: 900 },
      { lockSeconds: 1.5 },
    ]) {
      expect(await errorCode(createTestAuth(ctx, { lockout }))).toBe("configuration_invalid");
    }
  });
});
