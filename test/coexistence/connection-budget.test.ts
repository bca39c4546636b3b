import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";
import { callWhile } from "./support/load.ts";

describe("connections at the server", () => {
  let database: TestDatabase;
  let observer: pg.Client;
  beforeAll(async () => {
    database = await createPostgresDatabase({ server: inject("postgres") });
    observer = new pg.Client({ connectionString: database.url, application_name: "observer" });
    await observer.connect();
  });
  afterAll(async () => {
    await observer.end();
    await database.drop();
  });

  /** Looks at the server for a second and a half, as often as it answers; returns the most it saw at once. */
  async function watchBackends(): Promise<number> {
    let most = 0;
    for (const end = performance.now() + 1500; performance.now() < end;) {
      const { rows } = await observer.query<{ n: number }>(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and application_name <> 'observer'",
      );
      most = Math.max(most, rows[0]!.n);
      await sleep(10);
    }
    return most;
  }

  it("D4-38 connection-budget: three of us and the application under load never exceed the pool's max", async () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 6 });
    const opened = { count: 0 };
    pool.on("connect", () => void (opened.count += 1));
    const namespaces = ["first", "second", "third"];
    const auths = await Promise.all(
      namespaces.map((namespace) =>
        createAuth({ database: pool, namespace, password: { hasher: cheapHasher } }),
      ),
    );
    await pool.query("create table notes (id serial primary key, body text)");
    const accounts = await Promise.all(auths.map((auth) => auth.signUp(newCredentials())));
    let most = 0;
    const { calls, errors } = await callWhile(async () => (most = await watchBackends()), {
      callers: 40,
      call: async (caller) => {
        const auth = auths[caller % 3]!;
        if (caller % 4 === 0) await pool.query("insert into notes (body) values ('app')");
        else if (caller % 4 === 1) await auth.signUp(newCredentials());
        else expect(await auth.getSession(accounts[caller % 3]!.token)).not.toBeNull();
      },
    });
    console.log(`3 instances and the host, 40 callers, ${calls} calls: ${most} backends at most, max 6`);
    expect(errors).toEqual({});
    expect(most).toBe(6);
    expect(opened.count).toBe(6);
    await Promise.all(auths.map((auth) => auth.close()));
    const { rows } = await pool.query<{ n: number }>("select count(*)::int as n from notes");
    expect(rows[0]!.n).toBeGreaterThan(0);
    await pool.end();
  });

  it("D4-38 connection-budget: instances that name the same URL share one pool of the given size", async () => {
    const options = { database: database.url, pool: { max: 4 }, password: { hasher: cheapHasher } };
    const auths = await Promise.all([1, 2, 3, 4].map(() => createAuth(options)));
    expect(new Set(auths.map((auth) => auth.database.native)).size).toBe(1);
    const { token } = await auths[0]!.signUp(newCredentials());
    let most = 0;
    const { errors } = await callWhile(async () => (most = await watchBackends()), {
      callers: 40,
      call: async (caller) => expect(await auths[caller % 4]!.getSession(token)).not.toBeNull(),
    });
    expect(errors).toEqual({});
    expect(most).toBe(4);
    await auths[0]!.close();
    expect(await auths[1]!.getSession(token)).not.toBeNull();
    await Promise.all(auths.map((auth) => auth.close()));
  });
});
