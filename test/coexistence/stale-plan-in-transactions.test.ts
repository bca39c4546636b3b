import type pg from "pg";
import { beforeEach, expect, it } from "vitest";
import { connect } from "../../src/database/connect.ts";
import type { Database } from "../../src/database/database.ts";
import type { TransactionScript } from "../../src/database/script.ts";
import type { TestHost } from "../support/test-host.ts";
import { endpoints, forEachEndpoint } from "./support/endpoints.ts";
import { atPublic, countUp, createThings, findThingLoosely } from "./support/things.ts";

forEachEndpoint("a stale plan in a transaction", endpoints.direct, (ctx) => {
  let owner: TestHost;
  let pool: pg.Pool;
  let database: Database;
  let column = 0;
  const addColumn = (): string => `alter table our_things add column c_${(column += 1)} int`;
  const named = { name: "plain", text: "select * from our_things where id = $1", values: [1] };
  const counted = async (): Promise<unknown> =>
    (await owner.query("select n from our_things where id = 1"))[0]!["n"];

  // One connection, which has both statements prepared: what is stale is stale for every call.
  beforeEach(async () => {
    owner = ctx.database.open({ max: 2 });
    await owner.query("drop table if exists our_things");
    for (const text of createThings) await owner.query(text);
    pool = ctx.database.open({ max: 1 }).pool;
    database = await connect<unknown>(pool, atPublic);
    await database.inspect("select pg_backend_pid()");
    await database.one(findThingLoosely, { id: 1 });
    await pool.query(named);
    expect(database.stats().statements.named).toBe(1);
  });

  it("D4-10 stale-plan-in-own-tx: the script is run once more from its start, and its write happens once", async () => {
    let runs = 0;
    const script: TransactionScript<string> = function* (tx) {
      runs += 1;
      yield* tx.run(countUp, { id: 1 });
      return (yield* tx.one(findThingLoosely, { id: 1 })).label;
    };
    await owner.query(addColumn());
    expect(await database.transaction(script)).toBe("thing 1");
    expect({ runs, counted: await counted() }).toEqual({ runs: 2, counted: 1 });
    expect(database.stats()).toMatchObject({
      naming: "named",
      statements: { recovered: { plan: 1, name: 0, pooler: 0 }, transactionReplays: 1 },
    });
    expect(await database.transaction(script)).toBe("thing 1");
    expect({ runs, counted: await counted() }).toEqual({ runs: 3, counted: 2 });
  });

  it("D4-10 stale-plan-in-own-tx: a table altered between two statements of a script", async () => {
    let runs = 0;
    await owner.query("create table gate (n int)");
    await owner.query("insert into gate values (0)");
    const blocker = await owner.pool.connect();
    await blocker.query("begin");
    await blocker.query("update gate set n = 1");
    const done = database.transaction(function* (tx) {
      runs += 1;
      // Waits for the blocker, which alters a table that this transaction has not touched yet.
      yield* tx.raw("update gate set n = n + 1");
      yield* tx.run(countUp, { id: 1 });
      return (yield* tx.one(findThingLoosely, { id: 1 })).label;
    });
    while ((await owner.query("select 1 from pg_locks where not granted")).length === 0) continue;
    await blocker.query(addColumn());
    await blocker.query("commit");
    blocker.release();
    expect(await done).toBe("thing 1");
    expect({ runs, counted: await counted() }).toEqual({ runs: 2, counted: 1 });
  });

  it("D4-11 stale-plan-in-host-tx: ours goes on after the application's own ALTER; a plain named one ends it all", async () => {
    const client = await pool.connect();
    await client.query("begin");
    await client.query(addColumn());
    await expect(client.query(named)).rejects.toMatchObject({ code: "0A000" });
    await expect(client.query("select 1")).rejects.toMatchObject({ code: "25P02" });
    await client.query("rollback");

    await client.query("begin");
    await client.query(addColumn());
    const found = await database.within(client).run(function* (tx) {
      yield* tx.run(countUp, { id: 1 });
      return yield* tx.one(findThingLoosely, { id: 1 });
    });
    expect(found).toEqual({ id: 1, label: "thing 1" });
    await client.query("update our_things set n = n + 10 where id = 1");
    expect((await client.query("commit")).command).toBe("COMMIT");
    client.release();
    expect(await counted()).toBe(11);
    expect(database.stats().statements.recovered.plan).toBe(0);
  });

  it("D4-08 alter-type-under-load: a statement whose table changes for the ninth time is named no more", async () => {
    for (let change = 1; change <= 12; change += 1) {
      await owner.query(addColumn());
      expect(await database.one(findThingLoosely, { id: 2 })).toEqual({ id: 2, label: "thing 2" });
      expect(await database.one(findThingLoosely, { id: 3 })).toEqual({ id: 3, label: "thing 3" });
    }
    // Nine refusals, each by the one connection; what is unnamed cannot be refused.
    expect(database.stats().statements.recovered).toEqual({ plan: 9, name: 0, pooler: 0 });
    const prepared = "select count(*)::int as n from pg_prepared_statements where name like 'wa%'";
    expect((await pool.query(prepared)).rows).toEqual([{ n: 9 }]);
    const { named } = database.stats().statements;
    await database.one(findThingLoosely, { id: 2 });
    expect(database.stats()).toMatchObject({ naming: "named", statements: { named } });
  });
});
