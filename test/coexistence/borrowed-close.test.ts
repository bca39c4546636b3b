import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { connect } from "../../src/database/connect.ts";
import { cheapHasher, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import type { TestHost } from "../support/test-host.ts";
import { describeError } from "./support/load.ts";

forEachDatabase("a borrowed handle", (ctx) => {
  const start = (host: TestHost): Promise<TestAuth> =>
    createAuth({ database: host.native, password: { hasher: cheapHasher } });

  it("D4-37 borrowed-close: closing twice leaves the handle as it was, and our calls are refused", async () => {
    const host = ctx.database.open();
    const auth = await start(host);
    const { token } = await auth.signUp(newCredentials());
    await Promise.all([auth.close(), auth.close()]);
    await auth.close();
    expect(await host.query("select 1 as one")).toEqual([{ one: 1 }]);
    await expect(auth.getSession(token)).rejects.toMatchObject({ code: "database_closed" });
    await expect(auth.signUp(newCredentials())).rejects.toMatchObject({ code: "database_closed" });
    const again = await start(host);
    expect(await again.getSession(token)).not.toBeNull();
    await again.close();
  });

  it("D4-37 borrowed-close: work under way is finished first", async () => {
    const host = ctx.database.open({ max: 2 });
    const auth = await start(host);
    const tokens = await Promise.all(Array.from({ length: 10 }, () => auth.signUp(newCredentials())));
    const underWay = tokens.map(({ token }) => auth.getSession(token));
    await auth.close();
    for (const session of await Promise.all(underWay)) expect(session).not.toBeNull();
  });

  it("D4-37 borrowed-close: when the application ends its handle first, our calls reject at once and close still works", async () => {
    const host = ctx.database.open();
    const auth = await start(host);
    const { token } = await auth.signUp(newCredentials());
    await host.close();
    const closed = { code: "database_closed" };
    await expect(auth.getSession(token)).rejects.toMatchObject(closed);
    await expect(auth.signIn(newCredentials())).rejects.toMatchObject(closed);
    await expect(auth.users.list()).rejects.toMatchObject(closed);
    await auth.close();
  });

  it("D4-37 borrowed-close: several on one handle do not disturb each other", async () => {
    const host = ctx.database.open();
    const [first, second] = [await start(host), await start(host)];
    const { token } = await first.signUp(newCredentials());
    await first.close();
    expect(await second.getSession(token)).not.toBeNull();
    await second.close();
  });
});

describe("a borrowed pg.Pool", () => {
  it("D4-37 borrowed-close: listeners and settings are as before, on the pool and on its clients", async () => {
    const database = await createPostgresDatabase({ server: inject("postgres") });
    const pool = new pg.Pool({ connectionString: database.url, max: 3 });
    const clients = new Set<pg.PoolClient>();
    pool.on("connect", (client) => void clients.add(client));
    const describePool = (): object => ({
      pool: Object.fromEntries(pool.eventNames().map((name) => [name, pool.listenerCount(name)])),
      options: { ...pool.options },
      parsers: pg.types.getTypeParser(20).toString(),
    });
    const before = describePool();
    await pool.query("select 1");
    const listenersOf = (client: pg.PoolClient): object =>
      Object.fromEntries(client.eventNames().map((name) => [name, client.listenerCount(name)]));
    const idleListeners = listenersOf([...clients][0]!);
    const auth = await createAuth({ database: pool, password: { hasher: cheapHasher } });
    await Promise.all(Array.from({ length: 10 }, () => auth.signUp(newCredentials())));
    await auth.signUp({ email: "not one", password: "" }).catch(() => undefined);
    for (const wrong of [{ namespace: "" }, { namespace: "pg_ours" }, { lockout: { maxFailures: 0 } }]) {
      await expect(createAuth({ database: pool, ...wrong })).rejects.toMatchObject({
        code: "configuration_invalid",
      });
    }
    await auth.close();
    expect(describePool()).toEqual(before);
    expect(clients.size).toBe(3);
    for (const client of clients) expect(listenersOf(client)).toEqual(idleListeners);
    await pool.end();
    await database.drop();
  });

  it("D4-37 borrowed-close: a client that the application lent alone is given back the same way", async () => {
    const database = await createPostgresDatabase({ server: inject("postgres") });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const listeners = client.listenerCount("error");
    const auth = await createAuth({ database: client, password: { hasher: cheapHasher } });
    const { token } = await auth.signUp(newCredentials());
    expect(await Promise.all(Array.from({ length: 5 }, () => auth.getSession(token)))).not.toContain(null);
    await auth.close();
    expect(client.listenerCount("error")).toBe(listeners);
    expect((await client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    await client.end();
    await database.drop();
  });

  it("D4-37 borrowed-close: a connection given back inside a transaction takes none of our writes with it", async () => {
    const testDatabase = await createPostgresDatabase({ server: inject("postgres") });
    const { pool } = testDatabase.open({ max: 1 });
    await pool.query("create table notes (n int)");
    const database = await connect(pool);
    const leak = async (): Promise<void> => {
      const client = await pool.connect();
      await client.query("begin");
      client.release();
    };
    await leak();
    await pool.query("insert into notes values (1)");
    await pool.query("rollback");
    await leak();
    await database.transaction(function* (tx) {
      yield* tx.raw("insert into notes values (2)");
    });
    await leak();
    await database.query("insert into notes values (3)");
    await pool.query("rollback");
    expect((await pool.query("select n from notes order by n")).rows).toEqual([{ n: 2 }, { n: 3 }]);
    await testDatabase.drop();
  });

  it("D4-37 borrowed-close: a client of the application inside its own transaction is left alone", async () => {
    const testDatabase = await createPostgresDatabase({ server: inject("postgres") });
    const client = new pg.Client({ connectionString: testDatabase.url });
    await client.connect();
    const database = await connect(client);
    await client.query("create table notes (n int)");
    const write = (): Promise<unknown> =>
      database
        .transaction(function* (tx) {
          yield* tx.raw("insert into notes values (2)");
        })
        .catch(describeError);
    await client.query("begin");
    await client.query("insert into notes values (1)");
    expect(await write()).toMatch(/^host_transaction_open/);
    await client.query("select nonsense").catch(() => undefined);
    expect(await write()).toMatch(/^host_transaction_open/);
    // pg knows of the failure only when the server's next message has come, after the rejection.
    await sleep(50);
    expect(await write()).toMatch(/^host_transaction_open/);
    // Still the application's: rolled back by it, and the next statement is not outside of it by accident.
    await expect(client.query("insert into notes values (3)")).rejects.toMatchObject({ code: "25P02" });
    await client.query("rollback");
    expect(await write()).toBeUndefined();
    expect((await client.query("select n from notes")).rows).toEqual([{ n: 2 }]);
    await client.end();
    await testDatabase.drop();
  });
});
