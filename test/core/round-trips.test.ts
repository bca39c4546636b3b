import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth, type Auth } from "../../src/auth.ts";
import { referrals } from "../../src/modules/referrals/index.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { createTestClock } from "../support/test-clock.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";

describe("on the wire, over PostgreSQL", () => {
  const clock = createTestClock();
  let database: TestDatabase;
  let proxy: TcpProxy;
  let pool: pg.Pool;
  let auth: Auth;

  beforeAll(async () => {
    database = await createPostgresDatabase({ server: inject("postgres") });
    proxy = await startTcpProxy(inject("postgres"));
    pool = new pg.Pool({ connectionString: postgresUrl(proxy, database.name), max: 4 });
    pool.on("error", () => undefined);
    // A password is hashed with every connection back in the pool: PW-13, counted by `busy`.
    const watched = <A extends unknown[], R>(work: (...args: A) => Promise<R>) => {
      return (...args: A): Promise<R> => {
        busy.push(pool.totalCount - pool.idleCount);
        return work(...args);
      };
    };
    const hasher = { hash: watched(cheapHasher.hash), verify: watched(cheapHasher.verify) };
    auth = await createAuth({ database: pool, clock, password: { hasher }, log: () => undefined });
  });

  afterAll(async () => {
    await auth.close();
    await pool.end();
    await proxy.stop();
    await database.drop();
  });

  let busy: number[] = [];

  /** How often `work` waited for the database. */
  const roundTrips = async (work: () => Promise<unknown>): Promise<number> => {
    proxy.reset();
    await work();
    return proxy.roundTrips();
  };

  it("a session check is one round trip, a refresh adds one, a sign-out is one", async () => {
    const { token } = await auth.signUp(newCredentials());
    expect(await roundTrips(() => auth.getSession(token))).toBe(1);
    clock.advance(61);
    expect(await roundTrips(() => auth.getSession(token))).toBe(2);
    expect(await roundTrips(() => auth.getSession("no token at all"))).toBe(0);
    expect(await roundTrips(() => auth.signOut(token))).toBe(1);
  });

  it("a sign-up is one, with an address that is taken two", async () => {
    const credentials = newCredentials();
    expect(await roundTrips(() => auth.signUp(credentials))).toBe(1);
    expect(await roundTrips(() => auth.signUp(credentials).catch(() => null))).toBe(2);
  });

  it("a sign-up with a referral code is one too, and two where a code has to be looked at first", async () => {
    const program = { referrer: { amount: 5, unit: "cent" }, referee: { amount: 1, unit: "cent" } };
    for (const { programs, expected } of [
      { programs: { default: program }, expected: 1 },
      { programs: { default: program, other: program }, expected: 2 },
    ]) {
      const referring = await createAuth({
        database: pool,
        password: { hasher: cheapHasher },
        log: () => undefined,
        modules: [referrals({ programs })],
      });
      const { user } = await referring.signUp(newCredentials());
      const { code } = await referring.referrals.createCode({ userId: user.id });
      const account = { ...newCredentials(), referralCode: code };
      expect(await roundTrips(() => referring.signUp(account))).toBe(expected);
      expect(await roundTrips(() => referring.signUp(newCredentials()))).toBe(1);
      await referring.close();
    }
  });

  it("EN-02: a sign-in is two, whether it succeeds, fails, is locked or has no account", async () => {
    const credentials = newCredentials();
    const wrong = { email: credentials.email, password: "not this one" };
    await auth.signUp(credentials);
    expect(await roundTrips(() => auth.signIn(credentials))).toBe(2);
    for (let i = 0; i < 7; i += 1)
      expect(await roundTrips(() => auth.signIn(wrong).catch(() => null))).toBe(2);
    expect(await roundTrips(() => auth.signIn(newCredentials()).catch(() => null))).toBe(2);
  });

  it("every connection goes back with the settings it came with", async () => {
    const credentials = newCredentials();
    const { token } = await auth.signUp(credentials);
    clock.advance(61);
    await Promise.all([auth.signIn(credentials), auth.getSession(token), auth.getSession(token)]);
    const clients = await Promise.all(Array.from({ length: 4 }, () => pool.connect()));
    for (const client of clients) {
      expect((await client.query("show synchronous_commit")).rows).toEqual([{ synchronous_commit: "on" }]);
      client.release();
    }
  });

  it("PW-13: no connection is held while a password is hashed", async () => {
    busy = [];
    const { email, password } = newCredentials();
    const { token } = await auth.signUp({ email, password });
    await auth.signIn({ email, password });
    await auth.signIn({ email, password: "not this one" }).catch(() => null);
    const { token: next } = await auth.changePassword({
      token,
      currentPassword: password,
      newPassword: `${password} new`,
    });
    await auth.deleteUser({ token: next, password: `${password} new` });
    await auth.users.create(newCredentials());
    expect(busy).toHaveLength(7);
    expect(Math.max(...busy)).toBe(0);
  });

  describe("DB-07: a connection that breaks before the answer", () => {
    const tables = ["users", "sessions", "events", "devices"];
    const countRows = async (userId: string): Promise<number[]> =>
      Promise.all(
        tables.map(async (table) => {
          const column = table === "users" ? "id" : "user_id";
          const { rows } = await pool.query(`select 1 from wispy.${table} where ${column} = $1`, [userId]);
          return rows.length;
        }),
      );

    it.each(["forwarded", "held"] as const)("loses no sign-up and doubles none (%s)", async (when) => {
      for (let round = 0; round < 10; round += 1) {
        const credentials = newCredentials();
        const prepared = await auth.prepareSignUp(credentials);
        proxy.cutAt(/insert into "wispy"."users"/, when);
        const { user, token } = await auth.signUp(prepared);
        expect((await auth.getSession(token))!.user).toEqual(user);
        expect(await countRows(user.id)).toEqual([1, 1, 1, 1]);
      }
    });

    it.each(["forwarded", "held"] as const)("loses no sign-in and doubles none (%s)", async (when) => {
      const credentials = newCredentials();
      const { user } = await auth.signUp(credentials);
      for (let round = 0; round < 10; round += 1) {
        proxy.cutAt(/select .* from "wispy"."users" as "u" join "wispy"."credentials"/s, when);
        const { token } = await auth.signIn(credentials);
        expect((await auth.getSession(token))!.user).toEqual(user);
      }
      expect(await countRows(user.id)).toEqual([1, 11, 11, 11]);
    });

    it.each(["forwarded", "held"] as const)("loses no password change (%s)", async (when) => {
      const { email, password } = newCredentials();
      const { user, token } = await auth.signUp({ email, password });
      proxy.cutAt(/^commit/i, when);
      const changed = await auth.changePassword({
        token,
        currentPassword: password,
        newPassword: `${password} new`,
      });
      expect((await auth.getSession(changed.token))!.user).toEqual(user);
      expect(await countRows(user.id)).toEqual([1, 1, 2, 1]);
    });

    it.each(["forwarded", "held"] as const)("removes an account once (%s)", async (when) => {
      const { email, password } = newCredentials();
      const { user, token } = await auth.signUp({ email, password });
      proxy.cutAt(/^commit/i, when);
      await auth.deleteUser({ token, password });
      expect(await countRows(user.id)).toEqual([0, 0, 2, 0]);
    });
  });
});
