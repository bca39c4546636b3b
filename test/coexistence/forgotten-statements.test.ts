import pg from "pg";
import { afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { connect } from "../../src/database/connect.ts";
import type { LogEntry } from "../../src/log.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";
import { endpoints, forEachEndpoint } from "./support/endpoints.ts";
import { atPublic, createThings, findThing } from "./support/things.ts";

forEachEndpoint("a host that empties its sessions", endpoints.all, (ctx) => {
  const pools: pg.Pool[] = [];
  afterEach(async () => {
    for (const pool of pools.splice(0)) await pool.end();
  });

  /** On a pool of one connection, what the host does to its session it does to ours. */
  async function start(statements: "auto" | "named", max = 1) {
    const pool = new pg.Pool({ connectionString: ctx.database.url, max });
    pools.push(pool);
    const entries: LogEntry[] = [];
    const auth = await createAuth({
      database: pool,
      statements,
      password: { hasher: cheapHasher },
      log: (entry) => void entries.push(entry),
    });
    const credentials = newCredentials();
    const { token } = await auth.signUp(credentials);
    const check = async (): Promise<void> => {
      expect(await auth.getSession(token)).toMatchObject({ user: { email: credentials.email } });
    };
    await check();
    return { pool, auth, entries, check, signIn: () => auth.signIn(credentials) };
  }

  it.each(["auto", "named"] as const)(
    "D4-12 discard-all-by-host: between our calls, 0 errors (statements %s)",
    async (statements) => {
      const { pool, check, signIn } = await start(statements);
      for (const text of ["discard all", "discard plans", "discard all"]) {
        await pool.query(text);
        await check();
        await signIn();
        await check();
      }
    },
  );

  if (ctx.endpoint.pooler === null)
    it("D4-12 discard-all-by-host: a plain named statement fails there", async () => {
      const { pool } = await start("auto");
      const client = await pool.connect();
      const named = { name: "plain", text: "select $1::int", values: [1] };
      await client.query(named);
      await client.query("discard all");
      for (let i = 0; i < 3; i += 1)
        await expect(client.query(named)).rejects.toMatchObject({ code: "26000" });
      client.release();
    });

  it("D4-13 deallocate-all-every-request: 0 errors, one event, and then no names", async () => {
    const connections = 5;
    const { pool, auth, check, signIn, entries } = await start("named", connections);
    const onEach = <T>(work: () => Promise<T>): Promise<T[]> =>
      Promise.all(Array.from({ length: connections }, work));
    const deallocate = async (): Promise<void> => {
      const clients = await onEach(() => pool.connect());
      for (const client of clients) {
        await client.query("deallocate all");
        client.release();
      }
    };
    await onEach(check);
    for (let round = 0; round < 10; round += 1) {
      if (ctx.endpoint.pooler === null) await deallocate();
      else await onEach(() => pool.query("deallocate all"));
      await onEach(check);
      await signIn();
    }
    const { naming, statements } = auth.database.stats();
    console.log(`${ctx.endpoint.name}, 10 rounds after DEALLOCATE ALL: 0 errors`, statements);
    if (ctx.endpoint.keepsNames && ctx.endpoint.pooler !== null) return;
    expect(naming).toBe("disabled_after_refusals");
    expect(entries).toEqual([{ event: "statements_unnamed", cause: "name" }]);
    await onEach(check);
    expect(auth.database.stats().statements.named).toBe(statements.named);
  });
});

describe("clients that do not wait for answers", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createPostgresDatabase({ server: inject("postgres") });
    for (const text of createThings) await database.open().query(text);
    return () => database.drop();
  });

  /** Locks the table so that the next Parse of a statement on it fails; freed by the returned function. */
  async function lockTable(): Promise<() => Promise<void>> {
    const locker = new pg.Client({ connectionString: database.url });
    await locker.connect();
    await locker.query("begin; lock table our_things in access exclusive mode");
    return () => locker.end();
  }

  async function openPipelining(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: database.url, pipeline: true });
    await client.connect();
    await client.query("set lock_timeout = '700ms'");
    return client;
  }

  it("D4-14 pipelined-pg-client: a plain follower of a failed Parse fails with 26000", async () => {
    const client = await openPipelining();
    const free = await lockTable();
    const query = { name: "plain", text: "select id from our_things where id = $1", values: [1] };
    const first = client.query(query).catch((error: unknown) => error);
    const second = client.query(query).catch((error: unknown) => error);
    expect(await first).toMatchObject({ code: "55P03" });
    await free();
    expect(await second).toMatchObject({ code: "26000" });
    await client.end();
  });

  it("D4-14 pipelined-pg-client: ours take turns on a client, so none follows a failed Parse", async () => {
    const client = await openPipelining();
    const handles = [await connect(client, atPublic), await connect(client, atPublic)];
    for (const handle of handles) await handle.inspect("select pg_backend_pid()");
    const free = await lockTable();
    const first = handles[0]!.one(findThing, { id: 1 }).catch(async (error: unknown) => {
      await free();
      return error;
    });
    const second = handles[1]!.one(findThing, { id: 2 });
    expect(await first).toMatchObject({ code: "database_error", cause: { code: "55P03" } });
    expect(await second).toEqual({ id: 2, label: "thing 2" });
    expect(handles[1]!.stats().statements.recovered.name).toBe(0);
    for (const handle of handles) expect(await handle.one(findThing, { id: 3 })).toMatchObject({ id: 3 });
    await client.end();
  });
});
