import pg from "pg";
import { expect, inject, it } from "vitest";
import { connect } from "../../src/database/connect.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import { atPublic, createThings, findThing } from "./support/things.ts";

it("D4-04 app-PREPARE-collides: our name, taken by SQL of the application, is given up for another one", async () => {
  const testDatabase = await createPostgresDatabase({ server: inject("postgres") });
  const host = testDatabase.open();
  for (const text of createThings) await host.query(text);
  const proxy = await startTcpProxy(inject("postgres"));
  const namesSent = (): string[] =>
    proxy.requests().flatMap((one) => (one.kind === "execute" ? [one.name] : []));
  const openPool = (): pg.Pool =>
    new pg.Pool({ connectionString: postgresUrl(proxy, testDatabase.name), max: 1 });

  const scout = openPool();
  const scouted = await connect(scout, atPublic);
  await scouted.inspect("select pg_backend_pid()");
  proxy.reset();
  await scouted.one(findThing, { id: 1 });
  const name = namesSent()[0]!;
  await scout.end();

  const pool = openPool();
  const database = await connect(pool, atPublic);
  await database.inspect("select pg_backend_pid()");
  await pool.query(`prepare "${name}" as select 'not ours'`);
  await expect(pool.query({ name, text: "select $1::int", values: [1] })).rejects.toMatchObject({
    code: "42P05",
  });
  // That error cost the pool its connection, as it does for every user of pool.query.
  await pool.query(`prepare "${name}" as select 'not ours'`);
  proxy.reset();
  for (const id of [1, 2, 3])
    expect(await database.one(findThing, { id })).toEqual({ id, label: `thing ${id}` });
  const [taken, ...others] = namesSent().filter((sent) => sent !== "");
  expect(taken).toBe(name);
  expect(others).toHaveLength(2);
  expect(new Set(others).size).toBe(1);
  expect(others[0]).not.toBe(name);
  expect(database.stats()).toMatchObject({ naming: "named", statements: { recovered: { name: 1 } } });
  expect((await pool.query(`execute "${name}"`)).rows).toEqual([{ "?column?": "not ours" }]);
  await pool.end();
  await proxy.stop();
  await testDatabase.drop();
});
