import pg from "pg";
import { expect, it } from "vitest";
import { connect } from "../../src/database/connect.ts";
import type { Database } from "../../src/database/database.ts";
import { expression, sql } from "../../src/database/statements/fragment.ts";
import { statement } from "../../src/database/statements/statement.ts";
import { integer } from "../../src/database/statements/value-type.ts";
import { endpoints, forEachEndpoint } from "./support/endpoints.ts";
import { atPublic } from "./support/things.ts";

const params = { n: integer };
/** One statement in two releases of a library: the same id, another text. */
const releases = {
  first: statement({
    id: "core.find",
    hot: true,
    params,
    row: { n: expression(integer, sql`$1::int8 + 1000`) },
    sql: (p, row) => sql`select ${row} where ${p.n} is not null`,
  }),
  second: statement({
    id: "core.find",
    hot: true,
    params,
    row: { n: expression(integer, sql`$1::int8 + 2000`) },
    sql: (p, row) => sql`select ${row} where ${p.n} is not null`,
  }),
};

forEachEndpoint("two releases alive at once", endpoints.poolers, (ctx) => {
  const openPool = (max: number): pg.Pool => new pg.Pool({ connectionString: ctx.database.url, max });

  /** Holds one server connection of the pooler until the transaction is ended. */
  async function pinServer(): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: ctx.database.url });
    await client.connect();
    await client.query("begin");
    return async () => {
      await client.query("rollback");
      await client.end();
    };
  }

  /** Old prepares on one server, New on another, and then Old is sent to New's server. */
  async function crossOver(calls: {
    readonly old: () => Promise<number>;
    readonly new: () => Promise<number>;
  }): Promise<readonly number[]> {
    const freeFirst = await pinServer();
    const results = [await calls.old()];
    const keepSecond = await pinServer();
    await freeFirst();
    results.push(await calls.new(), await calls.old());
    await keepSecond();
    return results;
  }

  if (ctx.endpoint.name === endpoints.olderPoolers[0]!.name)
    it("D4-03 rolling-deploy-names: a fixed name runs the other release's SQL", async () => {
      const clients = [openPool(1), openPool(1)];
      const ask = async (client: pg.Pool, added: number): Promise<number> => {
        const query = { name: "core:find", text: `select $1::int + ${added} as n`, values: [5] };
        return (await client.query<{ n: number }>(query)).rows[0]!.n;
      };
      const results = await crossOver({
        old: () => ask(clients[0]!, 1000),
        new: () => ask(clients[1]!, 2000),
      });
      expect(results).toEqual([1005, 2005, 2005]);
      for (const client of clients) await client.end();
    });

  it("D4-03 rolling-deploy-names: ours runs its own on a server that knows the other's", async () => {
    const pools = [openPool(1), openPool(1)];
    const databases = await openAll(pools);
    const results = await crossOver({
      old: async () => (await databases[0]!.one(releases.first, { n: 5 })).n,
      new: async () => (await databases[1]!.one(releases.second, { n: 5 })).n,
    });
    expect(results).toEqual([1005, 2005, 1005]);
    for (const pool of pools) await pool.end();
  });

  it("D4-03 rolling-deploy-names: 2 releases, 20 callers, 4,000 calls: 0 wrong rows, 0 errors", async () => {
    const pools = [openPool(10), openPool(10)];
    const [old, newer] = await openAll(pools);
    const calls = Array.from({ length: 20 }, async (_, caller) => {
      let wrong = 0;
      for (let n = 0; n < 200; n += 1) {
        const [database, release, added] =
          caller % 2 === 0
            ? ([old!, releases.first, 1000] as const)
            : ([newer!, releases.second, 2000] as const);
        if ((await database.one(release, { n })).n !== n + added) wrong += 1;
      }
      return wrong;
    });
    expect((await Promise.all(calls)).reduce((sum, wrong) => sum + wrong, 0)).toBe(0);
    for (const pool of pools) await pool.end();
  });

  const openAll = (pools: readonly pg.Pool[]): Promise<Database[]> =>
    Promise.all(pools.map((pool) => connect<unknown>(pool, { ...atPublic, statements: "named" })));
});
