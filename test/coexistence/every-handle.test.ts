import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth, type Auth } from "wispy-auth";
import type { HostDatabase } from "wispy-auth/testing";
import { connect, type ConnectOptions } from "../../src/database/connect.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { driverHandles } from "../support/driver-handles.ts";
import { createPostgresDatabase, createSqliteDatabase, type TestDatabase } from "../support/test-database.ts";

// With one connection for everybody, where a handle has a pool; the others have one by nature.
describe.each(driverHandles)("$name with one connection", (handle) => {
  const { name } = handle;
  let database: TestDatabase | undefined;
  let host: HostDatabase;
  let auth: Auth;
  beforeAll(async () => {
    if (handle.opens === "url") database = await createPostgresDatabase({ server: inject("postgres") });
    if (handle.opens === "path") database = await createSqliteDatabase();
    host = await handle.open((handle.opens === "url" ? database?.url : database?.name) ?? "", { max: 1 });
    await host.query("create table notes (author text)");
    auth = await createAuth({
      database: host.database,
      password: { hasher: cheapHasher },
      log: () => undefined,
    });
  }, 180_000);
  afterAll(async () => {
    await auth.close();
    await host.close();
    await database?.drop();
  });

  /** Statements of the test's own on the handle. */
  const open = (pool?: ConnectOptions["pool"]): ReturnType<typeof connect> =>
    connect(host.database, pool === undefined ? {} : { pool });

  it(`D4-28 pool-of-one: ${name}`, async () => {
    const signUps = Array.from({ length: 10 }, async () => {
      const { token } = await auth.signUp(newCredentials());
      return (await auth.getSession(token)) !== null;
    });
    if (host.oneConnection === true) {
      expect(new Set(await Promise.all(signUps))).toEqual(new Set([true]));
      return;
    }
    const joined = Array.from({ length: 6 }, async () => {
      const account = newCredentials();
      const prepared = await auth.prepareSignUp(account);
      await host.inTransaction(function* ({ query, handle: tx }) {
        yield query(`insert into notes (author) values ('${account.email}')`);
        yield auth.within(tx).signUp(prepared);
      });
      return (await auth.users.getByEmail(account.email)) !== null;
    });
    expect(new Set(await Promise.all([...signUps, ...joined]))).toEqual(new Set([true]));
  });

  it(`D4-29 nested-connection-guard: ${name}`, async () => {
    const data = await open();
    const misuse = data.transaction(function* (tx) {
      yield* tx.raw("insert into notes (author) values ('nested')");
      void data.query("select 1 as c0");
      yield* tx.raw("insert into notes (author) values ('nested')");
    });
    await expect(misuse).rejects.toMatchObject({ code: "nested_database_use" });
    expect(await host.query("select author from notes where author = 'nested'")).toHaveLength(0);
    await data.close();
  });

  // One connection of a pool is what the application's transaction holds here; a handle that is a connection has turns.
  if (handle.opens !== "url" || name === "pg.Client") return;
  it(`D4-39 pool-exhausted: ${name}`, async () => {
    const hurried = await open({ connectionTimeoutSeconds: 0.2 });
    await host.inTransaction(function* ({ query }) {
      yield query("insert into notes (author) values ('held')");
      const late = hurried.transaction((tx) => tx.raw("insert into notes (author) values ('late')"));
      yield expect(late).rejects.toMatchObject({ code: "connection_timeout" });
    });
    expect(await host.query("select author from notes where author = 'held'")).toHaveLength(1);
    expect(await host.query("select author from notes where author = 'late'")).toHaveLength(0);
    await hurried.close();
  });
});
