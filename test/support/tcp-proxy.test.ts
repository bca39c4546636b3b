import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { postgresUrl } from "./postgres-server.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";
import { createPostgresDatabase, type TestDatabase } from "./test-database.ts";

describe("the proxy in front of PostgreSQL", () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createPostgresDatabase({ server: inject("postgres") });
    proxy = await startTcpProxy(inject("postgres"));
  });
  afterAll(async () => {
    await client.end();
    await proxy.stop();
    await database.drop();
  });
  beforeEach(async () => {
    await client?.end();
    client = new pg.Client({ connectionString: postgresUrl(proxy, database.name) });
    client.on("error", () => undefined);
    await client.connect();
    proxy.reset();
  });

  it("counts round trips and names what was asked", async () => {
    await client.query("select 1");
    await client.query({ name: "two", text: "select $1::int", values: [2] });
    await client.query({ name: "two", text: "select $1::int", values: [3] });
    expect(proxy.roundTrips()).toBe(3);
    expect(proxy.requests()).toEqual([
      { kind: "query", text: "select 1", name: "" },
      { kind: "parse", text: "select $1::int", name: "two" },
      { kind: "execute", text: "select $1::int", name: "two" },
      { kind: "execute", text: "select $1::int", name: "two" },
    ]);
  });

  it("cuts the connection after the server got COMMIT, so that the outcome is unknown to the client", async () => {
    const direct = database.open({ direct: true });
    await direct.query("create table counter (id int)");
    await client.query("begin");
    await client.query("insert into counter values (1)");
    proxy.cutAt(/^commit/i, "forwarded");
    await expect(client.query("commit")).rejects.toThrow();
    await expect.poll(() => direct.query("select id from counter")).toEqual([{ id: 1 }]);
  });

  it("cuts the connection before the server got the statement", async () => {
    const direct = database.open({ direct: true });
    await direct.query("create table never (id int)");
    proxy.cutAt(/insert into never/, "held");
    await expect(client.query("insert into never values ($1)", [1])).rejects.toThrow();
    expect(await direct.query("select id from never")).toEqual([]);
  });

  it("refuses connections and accepts them again", async () => {
    await proxy.refuse(true);
    const url = postgresUrl(proxy, database.name);
    await expect(new pg.Client({ connectionString: url }).connect()).rejects.toThrow("ECONNREFUSED");
    await proxy.refuse(false);
    const again = new pg.Client({ connectionString: url });
    await again.connect();
    await again.end();
  });
});
