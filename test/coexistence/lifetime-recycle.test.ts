import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import { callWhile } from "./support/load.ts";

it.each([
  ["maxLifetimeSeconds 1", { maxLifetimeSeconds: 1 }],
  ["maxUses 50", { maxUses: 50 }],
])(
  "D4-40 lifetime-recycle: %s under load is 0 errors, and new connections get their names",
  async (_, recycling) => {
    const database = await createPostgresDatabase({ server: inject("postgres") });
    const proxy = await startTcpProxy(inject("postgres"));
    const pool = new pg.Pool({ connectionString: postgresUrl(proxy, database.name), max: 4, ...recycling });
    let opened = 0;
    pool.on("connect", () => void (opened += 1));
    const auth = await createAuth({ database: pool, password: { hasher: cheapHasher } });
    const credentials = newCredentials();
    const { token } = await auth.signUp(credentials);
    const { calls, errors } = await callWhile(() => sleep(2500), {
      callers: 8,
      call: async (caller) => {
        expect(await auth.getSession(token)).not.toBeNull();
        if (caller === 0) await auth.signIn(credentials);
      },
    });
    expect(errors).toEqual({});
    expect(opened).toBeGreaterThan(8);
    const sessionChecks = proxy
      .requests()
      .filter(({ kind, name, text }) => kind === "parse" && name !== "" && text.startsWith("select"));
    const { naming, statements } = auth.database.stats();
    expect({ naming, recovered: statements.recovered }).toEqual({
      naming: "named",
      recovered: { plan: 0, name: 0, pooler: 0 },
    });
    expect(sessionChecks.length).toBeGreaterThan(4);
    console.log(`${JSON.stringify(recycling)}: ${calls} calls on ${opened} connections, 0 errors`);
    await auth.close();
    await pool.end();
    await proxy.stop();
    await database.drop();
  },
);
