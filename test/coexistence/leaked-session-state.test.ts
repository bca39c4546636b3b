import pg from "pg";
import { expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { createHttpClient } from "../support/http-client.ts";
import { testBaseUrl } from "../support/create-test-auth.ts";
import { endpoints, forEachEndpoint } from "./support/endpoints.ts";

/** Everything that a session could keep of us. */
const sessionState = {
  settings:
    "select name, setting from pg_settings where source = 'session' and name <> 'application_name' order by 1",
  advisoryLocks:
    "select objid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
  channels: "select pg_listening_channels()",
  temporaryTables: "select relname from pg_class where relpersistence = 't'",
  cursors: "select name from pg_cursors",
  open: "select state from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
} as const;

forEachEndpoint("what is left of us on a session", endpoints.all, (ctx) => {
  it("D4-41 leaked-session-state: no setting, lock, channel, cursor, temporary table or open transaction", async () => {
    // One connection: the session looked at is the session used.
    const pool = new pg.Pool({ connectionString: ctx.database.url, max: 1 });
    const look = async (): Promise<object> => {
      const found: Record<string, unknown> = {};
      for (const [kind, text] of Object.entries(sessionState)) found[kind] = (await pool.query(text)).rows;
      return found;
    };
    const before = await look();
    const auth = await createAuth({
      database: pool,
      baseUrl: testBaseUrl,
      password: { hasher: cheapHasher },
    });
    const credentials = newCredentials();
    const { token, user } = await auth.signUp(credentials);
    await auth.signUp(credentials).catch(() => undefined);
    await auth.signIn({ ...credentials, password: "wrong" }).catch(() => undefined);
    const browser = createHttpClient(auth);
    expect((await browser.post("/sign-in", credentials)).status).toBe(200);
    expect((await browser.get("/sessions")).status).toBe(200);
    const newPassword = `${credentials.password}!`;
    await auth.changePassword({ token, currentPassword: credentials.password, newPassword });
    await auth.users.update(user.id, { name: "Ann" });
    const client = await pool.connect();
    await client.query("begin");
    const joined = auth.within(client);
    await joined.users.disable(user.id, { reason: "spam" });
    await client.query("rollback");
    client.release();
    await auth.migrate();
    await auth.users.delete(user.id);
    await auth.close();
    expect(await look()).toEqual(before);
    const statements = await pool.query("select name from pg_prepared_statements where name like 'wa%'");
    if (ctx.endpoint.pooler !== null) expect(statements.rows).toEqual([]);
    else expect(statements.rows.length).toBeLessThanOrEqual(64);
    await pool.end();
  });
});
