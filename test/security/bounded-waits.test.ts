import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth, type Auth } from "../../src/auth.ts";
import { countingHasher } from "../suite/core/support/counting-hasher.ts";
import { errorCode } from "../suite/core/support/error-code.ts";
import { newCredentials } from "../support/create-test-auth.ts";
import { createHttpClient } from "../support/http-client.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";

// What is asserted is that every call ends, and how; the test's own time limit stands for "for ever".
describe("DB-06: a database that does not answer", () => {
  const hasher = countingHasher();
  let database: TestDatabase;
  let proxy: TcpProxy;
  let pool: pg.Pool;
  let auth: Auth;

  beforeAll(async () => {
    database = await createPostgresDatabase({ server: inject("postgres") });
    proxy = await startTcpProxy(inject("postgres"));
    pool = new pg.Pool({ connectionString: postgresUrl(proxy, database.name), max: 3 });
    pool.on("error", () => undefined);
    auth = await createAuth({
      database: pool,
      baseUrl: "https://app.example.com",
      password: { hasher },
      pool: { statementTimeoutSeconds: 1, connectionTimeoutSeconds: 1 },
      log: () => undefined,
    });
  });
  afterAll(async () => {
    await auth.close();
    proxy.cut();
    await pool.end();
    await proxy.stop();
    await database.drop();
  });

  const signedUp = async () => {
    const credentials = newCredentials();
    return { ...credentials, ...(await auth.signUp(credentials)) };
  };

  it("ends every wait when packets vanish, signs nobody in, and works again afterwards", async () => {
    const { email, password, token, user } = await signedUp();
    const prepared = await auth.prepareSignUp(newCredentials());
    // Connections that are open already, whose server falls silent.
    await Promise.all([1, 2, 3].map(() => auth.getSession(token)));
    const tried = hasher.worked();
    proxy.blackhole(true);
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      getSession: () => auth.getSession(token),
      signIn: () => auth.signIn({ email, password }),
      signUp: () => auth.signUp(prepared),
      disable: () => auth.users.disable(user.id),
      listEvents: () => auth.listEvents(user.id),
    };
    const codes: Record<string, string> = {};
    await Promise.all(
      Object.entries(calls).map(async ([name, call]) => void (codes[name] = await errorCode(call()))),
    );
    for (const [name, code] of Object.entries(codes)) {
      expect(["connection_timeout", "database_unavailable", "outcome_unknown"], name).toContain(code);
    }
    expect(hasher.worked()).toBe(tried);

    proxy.blackhole(false);
    proxy.cut();
    expect((await auth.getSession(token))!.user.id).toBe(user.id);
    expect(await errorCode(auth.signIn({ email, password }))).toBe("none");
    expect(pool.waitingCount).toBe(0);
  });

  it("ends every wait for a lock that somebody holds, with 5xx over HTTP", async () => {
    const { email, password, token } = await signedUp();
    const blocker = new pg.Client({ connectionString: database.directUrl });
    await blocker.connect();
    await blocker.query("begin; lock table wispy.attempts, wispy.users");
    const browser = createHttpClient(auth);
    const headers = { authorization: `Bearer ${token}` };
    const answers = await Promise.all([
      browser.post("/sign-in", { email, password }),
      browser.get("/session", headers),
    ]);
    for (const { status, headers: sent } of answers) {
      expect([500, 503]).toContain(status);
      expect(sent.getSetCookie()).toEqual([]);
    }
    await blocker.query("rollback");
    await blocker.end();
    expect(await errorCode(auth.signIn({ email, password }))).toBe("none");
  });

  it("ends the start itself", async () => {
    proxy.blackhole(true);
    const silent = new pg.Pool({ connectionString: postgresUrl(proxy, database.name), max: 1 });
    const pools = { statementTimeoutSeconds: 1, connectionTimeoutSeconds: 1 };
    expect(await errorCode(createAuth({ database: silent, pool: pools }))).toBe("connection_timeout");
    proxy.blackhole(false);
    proxy.cut();
    await silent.end();
  });
});
