import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth, type Auth } from "../../src/auth.ts";
import { errorCode } from "../suite/core/support/error-code.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";

describe("DB-05: idle connections that the server ends", () => {
  let database: TestDatabase;
  let administrator: pg.Client;

  beforeAll(async () => {
    database = await createPostgresDatabase({ server: inject("postgres") });
    administrator = new pg.Client({ connectionString: postgresUrl(inject("postgres"), "postgres") });
    await administrator.connect();
  });
  afterAll(async () => {
    await administrator.end();
    await database.drop();
  });

  /** Ends every connection to the database, as a restart or an impatient firewall would. */
  const endAll = async (pool: pg.Pool): Promise<number> => {
    const text = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
    const { rows } = await administrator.query(text, [database.name]);
    while (pool.totalCount > 0) await new Promise((resolve) => setImmediate(resolve));
    return rows.length;
  };

  const keepEnding = async (auth: Auth, pool: pg.Pool): Promise<void> => {
    const { token, user } = await auth.signUp(newCredentials());
    const listeners = pool.listenerCount("error");
    let ended = 0;
    for (let round = 0; round < 100; round += 1) {
      const found = await Promise.all([auth.getSession(token), auth.listSessions(user.id)]);
      expect(found[0]!.user.id).toBe(user.id);
      ended += await endAll(pool);
      expect(pool.listenerCount("error")).toBe(listeners);
    }
    expect(ended).toBeGreaterThanOrEqual(100);
    const client = await pool.connect();
    const before = client.listenerCount("error");
    client.release();
    for (let i = 0; i < 50; i += 1) await auth.getSession(token);
    const again = await pool.connect();
    expect(again.listenerCount("error")).toBe(before);
    again.release();
  };

  it("a hundred times, cost no call and leave no listener on the application's pool, which has none of its own", async () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 3 });
    expect(pool.listenerCount("error")).toBe(0);
    const auth = await createAuth({ database: pool, password: { hasher: cheapHasher } });
    await keepEnding(auth, pool);
    await auth.close();
    expect(pool.listenerCount("error")).toBe(0);
    await pool.end();
  });

  it("a hundred times, cost no call on a pool that was opened for a URL", async () => {
    const auth = await createAuth<pg.Pool>({ database: database.url, password: { hasher: cheapHasher } });
    await keepEnding(auth, auth.database.native);
    const { email, password } = newCredentials();
    await auth.signUp({ email, password });
    expect(await errorCode(auth.signIn({ email, password }))).toBe("none");
    await auth.close();
  });
});
