import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth, type AuthOptions } from "wispy-auth";
import { connect } from "../../src/database/connect.ts";
import { isAuthError } from "../../src/errors.ts";
import { atPublic, countUp, createThings, findThing } from "../coexistence/support/things.ts";
import { callWhile, describeError } from "../coexistence/support/load.ts";
import { allAtOnce, errorCode, tally } from "../suite/core/support/error-code.ts";
import { cheapHasher, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";

type Options = postgres.Options<Record<string, postgres.PostgresType>>;

let database: TestDatabase;
const handles: postgres.Sql[] = [];
beforeAll(async () => {
  database = await createPostgresDatabase({ server: inject("postgres") });
});
afterEach(async () => {
  await Promise.all(handles.splice(0).map((sql) => sql.end({ timeout: 1 })));
});
afterAll(() => database.drop());

function open(options: Options = {}, url = database.url): postgres.Sql {
  const sql = postgres(url, { max: 4, onnotice: () => undefined, ...options });
  handles.push(sql);
  return sql;
}

const start = (sql: postgres.Sql, options: Partial<AuthOptions> = {}): Promise<TestAuth> =>
  createAuth({ database: sql, password: { hasher: cheapHasher }, ...options });

/** Takes every connection of the handle, each in a transaction of the application, until it is told to stop. */
async function holdAll(sql: postgres.Sql, count: number): Promise<() => Promise<void>> {
  const leaves: (() => void)[] = [];
  const held = await new Promise<Promise<unknown>[]>((resolve) => {
    const all = Array.from({ length: count }, () =>
      sql.begin(
        () =>
          new Promise<void>((leave) => {
            leaves.push(leave);
            if (leaves.length === count) resolve(all);
          }),
      ),
    );
  });
  return async () => {
    for (const leave of leaves) leave();
    await Promise.all(held);
  };
}

describe("what auth.within() takes of postgres.js", () => {
  it("is the sql of a transaction or savepoint, and no other: those send each statement on its own", async () => {
    const sql = open();
    const auth = await start(sql);
    const prepared = await auth.prepareSignUp(newCredentials());
    const reserved = await sql.reserve();
    for (const handle of [sql, reserved]) {
      expect(await errorCode(auth.within(handle).signUp(prepared))).toBe("transaction_required");
    }
    reserved.release();
    const { user } = await sql.begin((tx) =>
      tx.savepoint(async (inner) => auth.within(inner).signUp(prepared)),
    );
    expect(await auth.users.get(user.id)).toEqual(user);
  });

  it("D4-31 expected-failure-in-host-tx: an address taken at the same instant does not undo the transaction", async () => {
    const sql = open();
    const auth = await start(sql);
    await sql.unsafe("create table taken (id text)");
    const users = await allAtOnce(4, () => auth.users.create({ email: newCredentials().email }));
    const wanted = newCredentials().email;
    const moved = await Promise.all(
      users.map(({ id }) =>
        sql.begin(async (tx) => {
          const code = await errorCode(auth.within(tx).users.update(id, { email: wanted }));
          await tx.unsafe("insert into taken values ($1)", [id]);
          return code;
        }),
      ),
    );
    expect(tally(moved)).toEqual({ none: 1, user_exists: 3 });
    expect(await sql.unsafe("select id from taken")).toHaveLength(4);
  });
});

describe("an application's sql with", () => {
  it("a transform.row that can be seen through: our rows are the same", async () => {
    const auth = await start(
      open({ transform: { row: (row: object) => Object.entries(row).map(([, value]) => value) } }),
    );
    const { user, token } = await auth.signUp(newCredentials());
    expect((await auth.getSession(token))?.user).toEqual(user);
  });

  it("a transform.row that cannot: it is refused at the start", async () => {
    const transform = { row: (row: object) => JSON.parse(JSON.stringify(row)) as unknown };
    expect(await errorCode(start(open({ transform })))).toBe("configuration_invalid");
  });

  it("no connection: a wrong password is told at once, an absent server after a while", async () => {
    const [wrong, absent] = [new URL(database.url), new URL(database.url)];
    wrong.password = "wrong";
    absent.port = "1";
    const options = { pool: { connectionTimeoutSeconds: 1 } };
    expect(await errorCode(start(open({}, wrong.href), options))).toBe("database_unavailable");
    // postgres.js waits longer and longer before it tries again, and tells nobody why.
    expect(["database_unavailable", "connection_timeout"]).toContain(
      await errorCode(start(open({}, absent.href), options)),
    );
  });
});

describe("behind a pooler, the sql of postgres.js", () => {
  const bouncer = inject("pgbouncer");
  let pooled: TestDatabase;
  beforeAll(async () => {
    pooled = await createPostgresDatabase({ server: inject("postgres"), pooler: bouncer });
  });
  afterAll(() => pooled.drop());

  it.skipIf(bouncer === null)("is refused with prepared statements, which lose its commits", async () => {
    const sql = open({}, pooled.url);
    expect(await errorCode(start(sql))).toBe("configuration_invalid");
    const auth = await start(open({ prepare: false }, pooled.url));
    expect(auth.database.stats()).toMatchObject({ pooler: "present", naming: "unnamed" });
  });

  it.skipIf(bouncer === null)("keeps our own commits even so, where the application insists", async () => {
    const auth = await start(open({ max: 3 }, pooled.url), { statements: "named" });
    const users = await allAtOnce(60, () => auth.signUp(newCredentials()));
    for (const { user, token } of users) expect((await auth.getSession(token))?.user).toEqual(user);
  });
});

describe("postgres.js without a free connection", () => {
  it("D4-39 pool-exhausted: reads and writes give up in time, and what gave up is not done later", async () => {
    const sql = open({ max: 2 });
    const patient = await start(sql);
    const auth = await start(sql, { pool: { connectionTimeoutSeconds: 1 } });
    const credentials = newCredentials();
    const prepared = await auth.prepareSignUp(credentials);
    const { token } = await patient.signUp(newCredentials());
    const letGo = await holdAll(sql, 2);
    const waiting: Promise<unknown>[] = [auth.getSession(token), auth.signUp(prepared), auth.users.list()];
    const outcomes = Promise.all(waiting.map(errorCode));
    await setImmediate();
    expect(auth.database.stats().connections).toMatchObject({ waiting: 3, max: 2 });
    expect(await outcomes).toEqual(["connection_timeout", "connection_timeout", "connection_timeout"]);
    await letGo();
    expect(await patient.users.getByEmail(credentials.email)).toBeNull();
    await patient.signUp(prepared);
    expect(auth.database.stats().connections).toEqual({ open: 0, idle: 0, waiting: 0, max: 2 });
  });

  it("D4-28 pool-of-one: waits for the application's transaction, and for nothing else", async () => {
    const sql = open({ max: 1 });
    const auth = await start(sql);
    const letGo = await holdAll(sql, 1);
    const created = allAtOnce(5, () => auth.signUp(newCredentials()));
    await letGo();
    expect(new Set((await created).map(({ user }) => user.id)).size).toBe(5);
  });

  it("D4-37 borrowed-close: the application's end() waits for our transactions, and then all is refused", async () => {
    const sql = open({ max: 2 });
    const auth = await start(sql);
    const { token } = await auth.signUp(newCredentials());
    const creating = allAtOnce(6, () => errorCode(auth.signUp(newCredentials())));
    const ended = sql.end();
    const codes = Object.keys(tally(await creating));
    expect(codes.filter((code) => code !== "none" && code !== "database_closed")).toEqual([]);
    await ended;
    expect(await errorCode(auth.getSession(token))).toBe("database_closed");
    expect(await errorCode(auth.users.create(newCredentials()))).toBe("database_closed");
    await auth.close();
  });
});

describe("postgres.js and a server that", () => {
  it("falls silent: the statement is given up, and the handle works again when the server does", async () => {
    const proxy = await startTcpProxy(inject("postgres"));
    const url = new URL(database.url);
    url.port = String(proxy.port);
    const sql = open({ max: 2 }, url.href);
    const auth = await start(sql, { pool: { statementTimeoutSeconds: 3, connectionTimeoutSeconds: 3 } });
    const { token } = await auth.signUp(newCredentials());
    proxy.blackhole(true);
    const codes = await Promise.all([
      errorCode(auth.getSession(token)),
      errorCode(auth.signUp(newCredentials())),
    ]);
    for (const code of codes) expect(["database_unavailable", "connection_timeout"]).toContain(code);
    proxy.blackhole(false);
    proxy.cut();
    await expect.poll(() => errorCode(auth.getSession(token)), { timeout: 15_000 }).toBe("none");
    await sql.end({ timeout: 1 });
    await proxy.stop();
  });

  it("D4-12 discard-all-by-host, D4-8 alter-type-under-load: forgets and changes what it likes under us", async () => {
    const sql = open();
    for (const text of createThings) await sql.unsafe(text);
    const shared = await connect(sql, atPublic);
    const before = await shared.one(findThing, { id: 7 });
    let changes = 0;
    const { calls, errors } = await callWhile(
      async () => {
        for (; changes < 12; changes += 1) {
          await sql.unsafe("discard all");
          await sql.unsafe(
            `alter table our_things alter label type ${changes % 2 === 0 ? "varchar(50)" : "text"}`,
          );
          await sql.unsafe(`alter table our_things add column extra_${changes} int`);
        }
      },
      {
        callers: 8,
        call: async (caller) => {
          await shared.run(countUp, { id: caller + 1 });
          await shared.transaction((tx) => tx.run(countUp, { id: caller + 1 }));
          expect(await shared.one(findThing, { id: 7 })).toEqual(before);
        },
      },
    );
    expect(errors).toEqual({});
    const [sum] = await sql.unsafe("select sum(n)::int as n from our_things");
    expect(sum).toEqual({ n: calls * 2 });
  });

  it("D4-33 duplicate-signup-pool-churn, D4-38 connection-budget: keeps its connections, as many as allowed", async () => {
    const sql = open({ max: 3 });
    const auth = await start(sql);
    const credentials = newCredentials();
    await auth.signUp(credentials);
    const text = "select pg_backend_pid() as pid, pg_sleep(0.05)";
    const pids = async (): Promise<unknown[]> =>
      (await allAtOnce(3, () => sql.begin((tx) => tx.unsafe(text))))
        .map(([row]) => row!["pid"] as unknown)
        .toSorted((a, b) => Number(a) - Number(b));
    const before = await pids();
    const codes = await allAtOnce(60, () => errorCode(auth.signUp(credentials)));
    expect(tally(codes)).toEqual({ user_exists: 60 });
    expect(await pids()).toEqual(before);
  });

  it("D4-11 stale-plan-in-host-tx: is changed in the application's own transaction, in which ours goes on", async () => {
    const sql = open();
    const auth = await start(sql);
    const { user } = await auth.signUp(newCredentials());
    await auth.users.get(user.id);
    const name = await sql.begin(async (tx) => {
      await tx.unsafe("alter table wispy.users alter name type varchar(200), add column extra int");
      const changed = await auth.within(tx).users.update(user.id, { name: "Ann" });
      await tx.unsafe("alter table wispy.users alter name type text, drop column extra");
      return (await auth.within(tx).users.get(user.id))?.name === changed.name ? changed.name : null;
    });
    expect(name).toBe("Ann");
  });

  it("D4-42 too-many-clients: is full, and is asked again until it has room or the time is over", async () => {
    const role = `crowded_${randomUUID().replaceAll("-", "")}`;
    const sql = open();
    await sql.unsafe(`create role ${role} login password 'password' connection limit 1`);
    await sql.unsafe(`grant create on database ${database.name} to ${role}`);
    const url = new URL(database.url);
    url.username = role;
    url.password = "password";
    const crowded = open({ max: 2, backoff: () => 0.05 }, url.href);
    const auth = await start(crowded, { namespace: "crowded" });
    const { token } = await auth.signUp(newCredentials());
    // Only one of the two connections can be made: whoever draws the other one has to try again.
    const codes = await allAtOnce(10, () => errorCode(auth.signUp(newCredentials())));
    expect(
      Object.keys(tally(codes)).filter((code) => code !== "none" && code !== "database_unavailable"),
    ).toEqual([]);
    expect(await auth.getSession(token)).not.toBeNull();
    await crowded.end();
    await sql.unsafe(`drop owned by ${role} cascade`);
    await sql.unsafe(`drop role ${role}`);
  });

  it("D4-32 commit-becomes-rollback: says so, and is believed", async () => {
    const sql = open();
    const shared = await connect(sql);
    await sql.unsafe(
      "create table deferring (id int primary key, other int references deferring deferrable initially deferred)",
    );
    const failed = shared.transaction(function* (tx) {
      yield* tx.raw("insert into deferring values (1, 2)");
    });
    expect(await failed.catch(describeError)).toContain("23503");
    expect(await sql.unsafe("select id from deferring")).toEqual([]);
    const ended = shared.transaction(function* (tx) {
      yield* tx.raw("insert into deferring values (3, 3)");
      yield* tx.raw("do $$ begin perform 1/0; end $$");
    });
    expect(isAuthError(await ended.catch((error: unknown) => error), "database_error")).toBe(true);
    await shared.transaction(function* (tx) {
      yield* tx.raw("insert into deferring values (4, 4)");
    });
    expect(await sql.unsafe("select id from deferring")).toEqual([{ id: 4 }]);
  });
});
