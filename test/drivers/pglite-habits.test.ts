import { setImmediate } from "node:timers/promises";
import { inspect } from "node:util";
import type { PGlite } from "@electric-sql/pglite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { connect } from "../../src/database/connect.ts";
import { isAuthError } from "../../src/errors.ts";
import { atPublic, countUp, createThings, findThing } from "../coexistence/support/things.ts";
import { allAtOnce, errorCode, tally } from "../suite/core/support/error-code.ts";
import { cheapHasher, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { openPGlite } from "../support/postgres-driver-handles.ts";

const unreadable = (): never => {
  throw new Error("Not one of the application's values");
};
const everyType = [16, 17, 19, 20, 21, 23, 25, 114, 1184, 2950, 3802];

describe("an application's PGlite", () => {
  let db: PGlite;
  let auth: TestAuth;
  beforeAll(async () => {
    const host = await openPGlite({
      serializers: Object.fromEntries(everyType.map((type) => [type, unreadable])),
      parsers: Object.fromEntries(everyType.map((type) => [type, () => "parsed by the application"])),
    });
    db = host.database;
    auth = await createAuth({
      database: db,
      password: { hasher: cheapHasher },
      pool: { connectionTimeoutSeconds: 1 },
    });
    await db.exec("create table notes (n int)");
  }, 180_000);
  afterEach(async () => {
    if (db.isInTransaction()) await db.exec("rollback");
  });
  afterAll(() => db.close());

  it("may have parsers and serializers of its own: ours are the same", async () => {
    const credentials = { ...newCredentials(), name: "Zoë \\ ' \" 漢 $1" };
    const { user, session, token } = await auth.signUp(credentials, { userAgent: "🦉" });
    expect(await auth.getSession(token)).toEqual({ user, session });
    const changed = await db.transaction(async (tx) =>
      auth.within(tx).users.update(user.id, { name: "Ann" }),
    );
    expect(changed).toEqual({ ...user, name: "Ann", updatedAt: changed.updatedAt });
    expect((await db.query<object>("select 1 as one")).rows).toEqual([{ one: "parsed by the application" }]);
  });

  it("D4-45: writes of ours are refused inside a BEGIN of the application, and reads are not", async () => {
    const { token } = await auth.signUp(newCredentials());
    const credentials = newCredentials();
    await db.exec("begin; insert into notes values (1)");
    expect(await errorCode(auth.signUp(credentials))).toBe("host_transaction_open");
    expect(await errorCode(auth.users.create(credentials))).toBe("host_transaction_open");
    expect(await auth.getSession(token)).not.toBeNull();
    await db.exec("insert into notes values (2); rollback");
    expect(await auth.users.getByEmail(credentials.email)).toBeNull();
    await auth.signUp(credentials);
    expect((await db.query("select n from notes")).rows).toEqual([]);
  });

  it("D4-45: no row of ours is lost to a BEGIN that comes at any moment", async () => {
    let over = false;
    const host = (async () => {
      for (let turns = 0; !over; turns += 1) {
        await db.exec("begin");
        await db.exec("insert into notes values (1)");
        // PGlite never waits for anything outside: without this nothing else would have a turn.
        await setImmediate();
        await db.exec("rollback");
        if (turns % 2 === 0) await db.transaction(async (tx) => tx.query("select 1"));
      }
    })();
    const signUps = await allAtOnce(20, async () => {
      const credentials = newCredentials();
      const prepared = await auth.prepareSignUp(credentials);
      for (let attempts = 0; ; attempts += 1) {
        const code = await errorCode(auth.signUp(prepared));
        if (code !== "host_transaction_open" || attempts === 200) return { code, email: credentials.email };
        await setImmediate();
      }
    });
    over = true;
    await host;
    const codes = tally(signUps.map(({ code }) => code));
    expect(
      Object.keys(codes).filter(
        (code) => !["none", "host_transaction_open", "connection_timeout"].includes(code),
      ),
    ).toEqual([]);
    for (const { code, email } of signUps) {
      expect((await auth.users.getByEmail(email)) !== null).toBe(code === "none");
    }
    expect((await db.query("select n from notes")).rows).toEqual([]);
  });

  it("D4-39 pool-exhausted: we wait for its transaction, though not for ever, and do nothing later", async () => {
    const [late, early] = [newCredentials(), newCredentials()];
    const prepared = await Promise.all([auth.prepareSignUp(late), auth.prepareSignUp(early)]);
    let leave = (): void => undefined;
    const held = db.transaction(() => new Promise<void>((resolve) => (leave = resolve)));
    expect(await errorCode(auth.signUp(prepared[0]))).toBe("connection_timeout");
    const waiting = auth.signUp(prepared[1]);
    leave();
    await held;
    expect((await waiting).user.email).toBe(early.email);
    expect(await auth.users.getByEmail(late.email)).toBeNull();
    expect(auth.database.stats().connections).toEqual({ open: 1, idle: 1, waiting: 0, max: 1 });
  });

  it("auth.within() takes the tx of an open transaction alone", async () => {
    const prepared = await auth.prepareSignUp(newCredentials());
    const over = await db.transaction(async (tx) => tx);
    for (const handle of [db, over]) {
      expect(await errorCode(auth.within(handle).signUp(prepared))).toBe("transaction_required");
    }
  });

  it("D4-31 expected-failure-in-host-tx: a refused statement shows none of our values, and leaves the rest", async () => {
    const [first, second] = [await auth.signUp(newCredentials()), await auth.signUp(newCredentials())];
    const shared = await connect(db, { namespace: { schema: "public" } });
    await db.exec("create table secrets (secret text primary key)");
    const secret = "do-not-tell-anybody";
    const insert = `insert into secrets values ($1::text)`;
    const failed = shared.transaction(function* (tx) {
      yield* tx.raw(insert, [secret]);
      yield* tx.raw(insert, [secret]);
    });
    const joined = db.transaction(async (tx) => {
      await tx.query(insert, [secret]).catch(unreadable);
    });
    await expect(joined).rejects.toThrow("Not one of");
    const error = await failed.catch((cause: unknown) => cause);
    expect(isAuthError(error, "database_error")).toBe(true);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret);
    const code = await db.transaction(async (tx) => {
      const outcome = await errorCode(
        auth.within(tx).users.update(first.user.id, { email: second.user.email }),
      );
      await auth.within(tx).users.update(first.user.id, { name: "still usable" });
      return outcome;
    });
    expect(code).toBe("user_exists");
    expect((await auth.users.get(first.user.id))?.name).toBe("still usable");
  });

  it("D4-12 discard-all-by-host, D4-8 alter-type-under-load: forgets and changes what it likes under us", async () => {
    await db.exec(createThings.join(";"));
    const shared = await connect(db, atPublic);
    const before = await shared.one(findThing, { id: 7 });
    const host = (async () => {
      for (let changes = 0; changes < 10; changes += 1) {
        await db.exec("discard all");
        await db.exec(
          `alter table our_things alter label type ${changes % 2 === 0 ? "varchar(50)" : "text"}`,
        );
      }
    })();
    await allAtOnce(8, async (caller) => {
      for (let round = 0; round < 5; round += 1) {
        await shared.run(countUp, { id: caller + 1 });
        await shared.transaction((tx) => tx.run(countUp, { id: caller + 1 }));
        expect(await shared.one(findThing, { id: 7 })).toEqual(before);
      }
    });
    await host;
    const [counted] = await shared.query("select sum(n)::int as n from our_things");
    expect(Number(counted?.[0])).toBe(80);
  });
});

describe("a PGlite that the application closes", () => {
  it("D4-37 borrowed-close: finishes what is under way, and all else is refused", async () => {
    const { database: db } = await openPGlite();
    const auth = await createAuth({ database: db, password: { hasher: cheapHasher } });
    const { token } = await auth.signUp(newCredentials());
    const outcomes = allAtOnce(10, () => errorCode(auth.signUp(newCredentials())));
    await db.close();
    const codes = Object.keys(tally(await outcomes));
    expect(codes.filter((code) => code !== "none" && code !== "database_closed")).toEqual([]);
    expect(await errorCode(auth.getSession(token))).toBe("database_closed");
    expect(await errorCode(createAuth({ database: db }))).toBe("database_closed");
    await auth.close();
  }, 180_000);
});
