import pg from "pg";
import { expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import type { LogEntry } from "../../src/log.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { endpoints, forEachEndpoint } from "./support/endpoints.ts";
import { callWhile } from "./support/load.ts";

forEachEndpoint("whether statements are named", endpoints.all, (ctx) => {
  const direct = ctx.endpoint.pooler === null;

  it("D4-05 pooler-detected: names are sent on direct connections and on no others", async () => {
    const proxy = await startTcpProxy(ctx.address);
    const pool = new pg.Pool({ connectionString: postgresUrl(proxy, ctx.database.name), max: 3 });
    const auth = await createAuth({ database: pool, password: { hasher: cheapHasher } });
    const { token } = await auth.signUp(newCredentials());
    for (let i = 0; i < 20; i += 1) expect(await auth.getSession(token)).not.toBeNull();
    const named = proxy.requests().filter(({ name }) => name !== "").length;
    const { pooler, naming, statements } = auth.database.stats();
    expect({ pooler, naming }).toEqual(
      direct ? { pooler: "none", naming: "named" } : { pooler: "present", naming: "unnamed" },
    );
    if (direct) expect(named).toBeGreaterThan(20);
    else expect(named).toBe(0);
    expect(statements.recovered).toEqual({ plan: 0, name: 0, pooler: 0 });
    await auth.close();
    await pool.end();
    await proxy.stop();
  });
});

forEachEndpoint("names forced on a pooler", endpoints.poolers, (ctx) => {
  const callers = 10;

  if (!ctx.endpoint.keepsNames)
    it("D4-06 naming-forced-on-pooler: a plain driver fails there", async () => {
      const pool = new pg.Pool({ connectionString: ctx.database.url, max: callers });
      const call = (caller: number): Promise<unknown> =>
        pool.query({ name: "plain", text: "select $1::int", values: [caller] });
      const rounds = async (): Promise<void> => {
        for (let i = 0; i < 20; i += 1) await pool.query("select 1");
      };
      const { errors } = await callWhile(rounds, { callers, call });
      expect(Object.keys(errors).join()).toMatch(/42P05|26000/);
      await pool.end();
    });

  it("D4-06 naming-forced-on-pooler: 0 errors for callers, one event, and then no more names", async () => {
    const pool = new pg.Pool({ connectionString: ctx.database.url, max: callers });
    const entries: LogEntry[] = [];
    const auth = await createAuth({
      database: pool,
      statements: "named",
      password: { hasher: cheapHasher },
      log: (entry) => void entries.push(entry),
    });
    const { token, user } = await auth.signUp(newCredentials());
    const rounds = async (): Promise<void> => {
      for (let i = 0; i < 100; i += 1) expect(await auth.listSessions(user.id)).toHaveLength(1);
    };
    const { calls, errors } = await callWhile(rounds, {
      callers,
      call: async () => expect(await auth.getSession(token)).toMatchObject({ user: { id: user.id } }),
    });
    expect(errors).toEqual({});
    const { naming, statements } = auth.database.stats();
    if (ctx.endpoint.keepsNames) expect({ naming, entries }).toEqual({ naming: "named", entries: [] });
    else {
      expect(naming).toBe("disabled_after_refusals");
      expect(entries).toEqual([{ event: "statements_unnamed", cause: "name" }]);
      expect(statements.recovered.name).toBeGreaterThanOrEqual(3);
    }
    console.log(`${ctx.endpoint.name}, names forced: ${calls} calls, 0 errors`, statements);
    await auth.close();
    await pool.end();
  });
});
