import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { connect } from "../../src/database/connect.ts";
import type { Database } from "../../src/database/database.ts";
import { cheapHasher, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";
import type { TestHost } from "../support/test-host.ts";
import { atPublic, createThings, nameThing } from "./support/things.ts";

/** `forwarded`: the server got it and its answer was lost. `held`: the server never got it. */
const moments = ["forwarded", "held"] as const;

describe("a connection that is cut when the outcome is decided", () => {
  let testDatabase: TestDatabase;
  let owner: TestHost;
  let proxy: TcpProxy;
  let pool: pg.Pool;
  let cut: RegExp;
  const cutAt = (text: RegExp, moment: (typeof moments)[number]): void => {
    cut = text;
    proxy.reset();
    proxy.cutAt(text, moment);
  };
  afterEach(() => {
    expect(proxy.requests().filter(({ text }) => cut.test(text))).not.toEqual([]);
  });
  beforeAll(async () => {
    testDatabase = await createPostgresDatabase({ server: inject("postgres") });
    owner = testDatabase.open();
    for (const text of createThings) await owner.query(text);
    proxy = await startTcpProxy(inject("postgres"));
    pool = new pg.Pool({
      connectionString: postgresUrl(proxy, testDatabase.name),
      max: 2,
      application_name: "cut",
    });
  });
  afterAll(async () => {
    await pool.end();
    await proxy.stop();
    await testDatabase.drop();
  });

  describe("a script", () => {
    let database: Database;
    let id = 1000;
    beforeEach(async () => {
      database = await connect<unknown>(pool, atPublic);
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
      const sessions = "select 1 from pg_stat_activity where application_name = 'cut'";
      while ((await owner.query(sessions)).length > pool.totalCount) continue;
    };

    it.each(moments)(
      "D4-36 commit-unknown: COMMIT %s is reported as unknown, never as done",
      async (moment) => {
        cutAt(/^commit$/i, moment);
        await expect(write()).rejects.toMatchObject({ code: "outcome_unknown" });
        await settled();
        expect(await rows()).toBe(moment === "forwarded" ? 1 : 0);
        // The caller asks again with the same key: it is there once, whatever had happened.
        await write().catch((error: unknown) => expect(error).toMatchObject({ cause: { code: "23505" } }));
        expect(await rows()).toBe(1);
      },
    );

    it.each(moments)(
      "D4-36 commit-unknown: a statement before COMMIT, %s, is run again by itself",
      async (moment) => {
        cutAt(/insert into/i, moment);
        await write();
        expect(await rows()).toBe(1);
        expect(database.stats().statements.transactionReplays).toBe(1);
      },
    );

    it.each(moments)("D4-36 commit-unknown: a lone write, %s, is not sent twice", async (moment) => {
      cutAt(/insert into/i, moment);
      await expect(database.run(nameThing, { id, label: "once" })).rejects.toMatchObject({
        code: "outcome_unknown",
      });
      await settled();
      expect(await rows()).toBe(moment === "forwarded" ? 1 : 0);
    });
  });

  describe("an operation of ours", () => {
    let auth: TestAuth;
    beforeAll(async () => {
      auth = await createAuth({ database: pool, password: { hasher: cheapHasher } });
      return () => auth.close();
    });
    const accounts = async (email: string): Promise<number> =>
      (await owner.query("select 1 from wispy.users where email = $1", [email])).length;

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
      "D4-36 commit-unknown: a prepared sign-up in a COMMIT %s can be given again",
      async (moment) => {
        const credentials = newCredentials();
        const prepared = await auth.prepareSignUp(credentials);
        const commitBoth = async (): Promise<void> => {
          const client = await pool.connect();
          client.on("error", () => undefined);
          try {
            await client.query("begin");
            await auth.within(client).signUp(prepared);
            await client.query("commit");
            client.release();
          } catch (error) {
            client.release(true);
            throw error;
          }
        };
        cutAt(/^commit$/i, moment);
        await expect(commitBoth()).rejects.toThrow();
        await commitBoth();
        expect(await accounts(credentials.email)).toBe(1);
        const { user } = await auth.signIn(credentials);
        expect(await auth.listSessions(user.id)).toHaveLength(2);
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
  });
});
