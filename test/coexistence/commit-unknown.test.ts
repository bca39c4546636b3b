import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import type { HostDatabase } from "wispy-auth/testing";
import { connect } from "../../src/database/connect.ts";
import type { Database } from "../../src/database/database.ts";
import { cheapHasher, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { driverHandles } from "../support/driver-handles.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";
import type { TestHost } from "../support/test-host.ts";
import { errorCode } from "../suite/core/support/error-code.ts";
import { atPublic, createThings, nameThing } from "./support/things.ts";

/** `forwarded`: the server got it and its answer was lost. `held`: the server never got it. */
const moments = ["forwarded", "held"] as const;
const handles = driverHandles
  .filter(({ opens }) => opens === "url")
  .map((handle) => [handle.name, handle] as const);
const commit = /^commit;?$/i;

describe.each(handles)("%s: a connection that is cut when the outcome is decided", (_, handle) => {
  // Cut, a client is no use any more: there is no second connection on which to find out.
  const oneConnection = handle.name === "pg.Client";
  let testDatabase: TestDatabase;
  let owner: TestHost;
  let proxy: TcpProxy;
  let host: HostDatabase;
  let cut: RegExp;
  const cutAt = (text: RegExp, moment: (typeof moments)[number]): void => {
    cut = text;
    proxy.reset();
    proxy.cutAt(text, moment);
  };
  const open = (): Promise<HostDatabase> => handle.open(postgresUrl(proxy, testDatabase.name), { max: 2 });
  /** The application connects again, as it has to where its one connection is gone. */
  const reopen = async (): Promise<void> => {
    await host.close();
    host = await open();
  };
  beforeAll(async () => {
    testDatabase = await createPostgresDatabase({ server: inject("postgres") });
    owner = testDatabase.open({ max: 1 });
    for (const text of createThings) await owner.query(text);
    proxy = await startTcpProxy(inject("postgres"));
  });
  beforeEach(async () => {
    host = await open();
  });
  afterEach(async () => {
    expect(proxy.requests().filter(({ text }) => cut.test(text))).not.toEqual([]);
    await host.close();
  });
  afterAll(async () => {
    await proxy.stop();
    await testDatabase.drop();
  });

  describe("a script", () => {
    let database: Database;
    let id = 1000;
    const begin = async (): Promise<void> => {
      database = await connect<unknown>(host.database, atPublic);
    };
    beforeEach(async () => {
      await begin();
      id += 1;
    });
    const write = (): Promise<unknown> =>
      database.transaction(function* (tx) {
        return yield* tx.run(nameThing, { id, label: "once" });
      });
    const rows = async (): Promise<number> =>
      (await owner.query("select 1 from our_things where id = $1", [id])).length;
    /** The server may still be at it when the client is told that the connection ended: waits for its session's end. */
    const settled = async (): Promise<void> => {
      const sessions =
        "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'";
      while ((await owner.query(sessions)).length > proxy.connections()) continue;
    };

    it.each(moments)(
      "D4-36 commit-unknown: COMMIT %s is reported as unknown, never as done",
      async (moment) => {
        cutAt(commit, moment);
        await expect(write()).rejects.toMatchObject({ code: "outcome_unknown" });
        await settled();
        expect(await rows()).toBe(moment === "forwarded" ? 1 : 0);
        if (oneConnection) await reopen().then(begin);
        // The caller asks again with the same key: it is there once, whatever had happened.
        await write().catch((error: unknown) => expect(error).toMatchObject({ cause: { code: "23505" } }));
        expect(await rows()).toBe(1);
      },
    );

    it.each(moments)(
      "D4-36 commit-unknown: a statement before COMMIT, %s, is run again by itself",
      async (moment) => {
        cutAt(/insert into/i, moment);
        if (oneConnection) {
          await expect(write()).rejects.toMatchObject({ code: "database_unavailable" });
          await settled();
          expect(await rows()).toBe(0);
          return;
        }
        await write();
        expect(await rows()).toBe(1);
        expect(database.stats().statements.transactionReplays).toBe(1);
      },
    );

    it.each(moments)("D4-36 commit-unknown: a lone write, %s, is not sent twice", async (moment) => {
      cutAt(/insert into/i, moment);
      const outcome = await errorCode(database.run(nameThing, { id, label: "once" }));
      await settled();
      // On postgres.js it is a transaction, of which everybody knows that it was not committed.
      expect(outcome).toBe(handle.name === "postgres.js" ? "none" : "outcome_unknown");
      expect(await rows()).toBe(outcome === "none" || moment === "forwarded" ? 1 : 0);
    });
  });

  describe("an operation of ours", () => {
    let auth: TestAuth;
    const start = async (): Promise<void> => {
      auth = await createAuth({ database: host.database, password: { hasher: cheapHasher } });
    };
    beforeEach(async () => {
      await start();
      return () => auth.close();
    });
    const accounts = async (email: string): Promise<number> =>
      (await owner.query("select 1 from wispy.users where email = $1", [email])).length;

    if (oneConnection) {
      it.each(moments)("D4-36 commit-unknown: a sign-up %s is whole, or not there", async (moment) => {
        const credentials = newCredentials();
        cutAt(/insert into "wispy"."users"/, moment);
        await expect(auth.signUp(credentials)).rejects.toMatchObject({ code: "outcome_unknown" });
        await reopen().then(start);
        const again = await errorCode(auth.signUp(credentials));
        expect(again).toBe(moment === "forwarded" ? "user_exists" : "none");
        const { user } = await auth.signIn(credentials);
        expect(await auth.listSessions(user.id)).toHaveLength(2);
        expect(await accounts(credentials.email)).toBe(1);
      });
      return;
    }

    it.each(moments)(
      "D4-36 commit-unknown: a sign-up %s succeeds, with one account and its session",
      async (moment) => {
        const credentials = newCredentials();
        cutAt(/insert into "wispy"."users"/, moment);
        const { user, token } = await auth.signUp(credentials);
        expect(await accounts(credentials.email)).toBe(1);
        expect(await auth.getSession(token)).toMatchObject({ user: { id: user.id } });
        expect(await auth.listSessions(user.id)).toHaveLength(1);
        expect(await auth.listEvents(user.id)).toHaveLength(1);
      },
    );

    it.each(moments)(
      "D4-36 commit-unknown: what changes a password, %s, has one known outcome",
      async (moment) => {
        const credentials = newCredentials();
        const { token, user } = await auth.signUp(credentials);
        const newPassword = `${credentials.password}!`;
        cutAt(/update "wispy"."credentials"/, moment);
        const changed = await auth.changePassword({
          token,
          currentPassword: credentials.password,
          newPassword,
        });
        expect(await auth.getSession(changed.token)).toMatchObject({ user: { id: user.id } });
        expect(await auth.getSession(token)).toBeNull();
        await auth.signIn({ email: credentials.email, password: newPassword });
        const types = (await auth.listEvents(user.id)).map(({ type }) => type);
        expect(types.filter((type) => type.includes("password"))).toHaveLength(1);
      },
    );

    // postgres.js ends the process when a connection dies under a transaction of the application.
    if (handle.name === "postgres.js") return;
    it.each(moments)(
      "D4-36 commit-unknown: a prepared sign-up in a COMMIT %s can be given again",
      async (moment) => {
        const credentials = newCredentials();
        const prepared = await auth.prepareSignUp(credentials);
        const commitBoth = (): Promise<void> =>
          host.inTransaction(function* ({ query, handle: tx }) {
            yield query("select 1");
            yield auth.within(tx).signUp(prepared);
          });
        cutAt(commit, moment);
        await expect(commitBoth()).rejects.toThrow();
        await commitBoth();
        expect(await accounts(credentials.email)).toBe(1);
        const { user } = await auth.signIn(credentials);
        expect(await auth.listSessions(user.id)).toHaveLength(2);
      },
    );
  });
});
