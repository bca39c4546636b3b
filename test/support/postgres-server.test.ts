import pg from "pg";
import { expect, it } from "vitest";
import { postgresUrl, startPostgresServer } from "./postgres-server.ts";

it("a server can be halted, crashed and resumed, and keeps its data", async () => {
  const server = await startPostgresServer({ maxConnections: 20 });
  const ask = async (text: string): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: postgresUrl(server, "postgres") });
    await client.connect();
    const { rows } = await client.query(text);
    await client.end();
    return rows;
  };
  await ask("create table kept as select 1 as id");
  await server.halt("fast");
  await expect(ask("select 1")).rejects.toThrow("ECONNREFUSED");
  await server.resume();
  await server.halt("immediate");
  await server.resume();
  expect(await ask("select id, current_setting('max_connections') as max from kept")).toEqual([
    { id: 1, max: "20" },
  ]);
  await server.stop();
});
