import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import {
  aliased,
  AuthError,
  byDialect,
  defineModule,
  guard,
  sql,
  statement,
  usersTable,
  uuid,
} from "wispy-auth/module";
import { twoFactor } from "wispy-auth/two-factor";
import { cheapHasher, newCredentials, optionsOf } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";
import { sessionOf } from "./support/sign-in-outcome.ts";
import { allAtOnce, errorCode } from "../suite/core/support/error-code.ts";

const u = aliased(usersTable, "k");

/** Holds as long as nobody has given the user a name. */
const holdNameless = statement({
  id: "door.hold_nameless",
  params: { id: uuid },
  row: { id: u.id },
  sql: (p, row) =>
    sql`select ${row} from ${u} where ${u.id} = ${p.id} and ${u.name} is null${guard}${byDialect({ postgres: sql` for share of k`, sqlite: sql`` })}`,
});

/** A module with a key to every account; by `proof`, only to those without a name. */
function door() {
  return defineModule({
    name: "door",
    statements: [holdNameless],
    errors: { "door.shut": { status: 403, title: "Shut" } },
    start: ({ accounts }) => ({
      api: {
        open: async (userId: string, { deviceToken = null as string | null, proved = true } = {}) => {
          const opened = await accounts.openSession({
            userId,
            method: "door.key",
            context: { deviceToken, ipAddress: "192.0.2.7", userAgent: "Test" },
            ...(proved && {
              proof: {
                call: holdNameless.with({ id: userId }),
                gone: () => new AuthError("door.shut", { message: "Shut" }),
              },
            }),
          });
          return sessionOf(opened);
        },
      },
    }),
  });
}

forEachDatabase("a way in on which nobody else takes part", (ctx) => {
  const open = () => createAuth({ ...optionsOf(ctx), modules: [door()] });
  let auth: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    auth = await open();
    ctx.onSuiteEnd(() => auth.close());
  });
  const devicesOf = async (userId: string) =>
    (await ctx.host.query(`select id from ${ctx.table("devices")} where user_id = '${userId}'`)).length;

  it("opens a session like any other, and remembers a browser once", async () => {
    const { user, deviceToken, session: first } = await auth.signUp(newCredentials());
    for (const proved of [true, false]) {
      const opened = await auth.door.open(user.id, { deviceToken, proved });
      expect(opened).toMatchObject({ user, deviceToken });
      expect(await auth.getSession(opened.token)).toEqual({ user, session: opened.session });
      expect(opened.session).toMatchObject({ ipAddress: "192.0.2.7", userAgent: "Test" });
    }
    expect(await devicesOf(user.id)).toBe(1);
    const stranger = await auth.signUp(newCredentials());
    const elsewhere = await auth.door.open(user.id, { deviceToken: stranger.deviceToken });
    const nowhere = await auth.door.open(user.id);
    expect(
      new Set([deviceToken, stranger.deviceToken, elsewhere.deviceToken, nowhere.deviceToken]).size,
    ).toBe(4);
    expect(await devicesOf(user.id)).toBe(3);
    expect(await auth.door.open(user.id, { deviceToken: nowhere.deviceToken })).toMatchObject({
      deviceToken: nowhere.deviceToken,
    });
    const events = (await auth.listEvents(user.id)).filter(({ type }) => type === "sign_in.succeeded");
    expect(events.map(({ data }) => data["knownDevice"])).toEqual([true, false, false, true, true]);
    expect(
      events.every(({ data, sessionId }) => data["method"] === "door.key" && sessionId !== first.id),
    ).toBe(true);
  });

  it("opens none once the proof is gone, or the user is", async () => {
    const { user } = await auth.signUp({ ...newCredentials(), name: "Ada" });
    expect(await errorCode(auth.door.open(user.id))).toBe("door.shut");
    await auth.users.disable(user.id);
    expect(await errorCode(auth.door.open(user.id, { proved: false }))).toBe("sign_in_refused");
    await auth.users.delete(user.id);
    expect(await errorCode(auth.door.open(user.id))).toBe("sign_in_refused");
    expect(await errorCode(auth.door.open("nobody"))).toBe("sign_in_refused");
    expect((await auth.listEvents(user.id)).filter(({ type }) => type === "sign_in.succeeded")).toEqual([]);
  });

  it("leaves no session to a user who is disabled, or loses the proof, at the same moment", async () => {
    for (let round = 0; round < 20; round += 1) {
      const { user } = await auth.signUp(newCredentials());
      await allAtOnce(9, async (i) => {
        if (i === 4) await auth.users.disable(user.id);
        else await auth.door.open(user.id).catch(() => undefined);
      });
      expect(await auth.listSessions(user.id)).toEqual([]);
      await auth.users.enable(user.id);
      const renamed = auth.users.update(user.id, { name: "Ada" });
      const opened = await Promise.all([1, 2, 3, 4].map(() => errorCode(auth.door.open(user.id))));
      await renamed;
      expect(opened.filter((code) => code !== "none" && code !== "door.shut")).toEqual([]);
      expect(await errorCode(auth.door.open(user.id))).toBe("door.shut");
    }
  });

  it("keeps to the number of sessions that a user may have", async () => {
    const few = await createAuth({ ...optionsOf(ctx), session: { maxPerUser: 2 }, modules: [door()] });
    const { user } = await few.signUp(newCredentials());
    for (let i = 0; i < 3; i += 1) await few.door.open(user.id);
    expect(await few.listSessions(user.id)).toHaveLength(2);
    await few.close();
  });
});

describe("a way in on which nobody else takes part, on the wire over PostgreSQL", () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let pool: pg.Pool;
  const options = () => ({ database: pool, password: { hasher: cheapHasher }, log: () => undefined });
  const open = () => createAuth({ ...options(), modules: [door()] });
  let auth: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    database = await createPostgresDatabase({ server: inject("postgres") });
    proxy = await startTcpProxy(inject("postgres"));
    pool = new pg.Pool({ connectionString: postgresUrl(proxy, database.name), max: 4 });
    pool.on("error", () => undefined);
    auth = await open();
  });
  afterAll(async () => {
    await auth.close();
    await pool.end();
    await proxy.stop();
    await database.drop();
  });
  const roundTrips = async (work: () => Promise<unknown>): Promise<number> => {
    proxy.reset();
    await work();
    return proxy.roundTrips();
  };

  it("is one round trip; with a module that could ask for a step it is a transaction of five", async () => {
    const { user, deviceToken } = await auth.signUp(newCredentials());
    expect(await roundTrips(() => auth.door.open(user.id))).toBe(1);
    expect(await roundTrips(() => auth.door.open(user.id, { deviceToken }))).toBe(1);
    expect(await roundTrips(() => auth.door.open(user.id, { proved: false }))).toBe(1);
    const secret = "a secret of at least thirty-two bytes, for tests";
    const gated = await createAuth({
      ...options(),
      secret,
      modules: [door(), twoFactor({ issuer: "Test" })],
    });
    expect(await roundTrips(() => gated.door.open(user.id))).toBe(5);
    await gated.close();
  });

  it("DB-07: finds the session that it made when the answer is lost, and makes none in secret", async () => {
    const { user } = await auth.signUp(newCredentials());
    for (let round = 0; round < 10; round += 1) {
      proxy.cutAt(/insert into "wispy"."sessions"/, "forwarded");
      const { token, deviceToken } = await auth.door.open(user.id);
      expect((await auth.getSession(token))!.user).toEqual(user);
      expect(await auth.door.open(user.id, { deviceToken })).toMatchObject({ deviceToken });
    }
    const sessions = await auth.listSessions(user.id);
    expect(sessions).toHaveLength(21);
    proxy.cutAt(/insert into "wispy"."sessions"/, "held");
    expect(await errorCode(auth.door.open(user.id))).toBe("outcome_unknown");
    expect(await auth.listSessions(user.id)).toHaveLength(21);
  });
});
