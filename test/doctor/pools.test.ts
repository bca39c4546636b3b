import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { createRole } from "../schema/support/postgres-role.ts";
import { createTestAuth } from "../support/create-test-auth.ts";
import { forDatabase } from "../support/for-each-database.ts";
import { postgresUrl, startPostgresServer, type PostgresServer } from "../support/postgres-server.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import { fine, lookAt, openDoctored } from "./support/doctored.ts";

// What connections a process has is Linux's to tell.
const told = process.platform === "linux";

forDatabase("postgres", "the doctor, about pools,", (ctx) => {
  it.runIf(told)("sees a second pool of this process on the database", async () => {
    const { database, look } = await openDoctored(ctx);
    expect(await look("pools")).toEqual(fine("pools"));
    const second = database.open();
    await Promise.all([1, 2].map(() => second.query("select pg_sleep(0.05)")));
    expect(await look("pools")).toEqual([
      {
        check: "pools",
        severity: "warning",
        message:
          "This process has 3 connections to the database, of which its pool holds at most 1: there is a second pool, or client",
        fix: expect.stringContaining("createAuth({ database: pool })"),
        data: { ofProcess: 3, ofPool: 1, applications: [""] },
      },
    ]);
    await second.close();
  });

  it.runIf(told)("sees the pool of its own that another spelling of the URL made", async () => {
    const database = await ctx.createDatabase();
    const auths = await Promise.all(
      [database.directUrl, `${database.directUrl}?application_name=other`].map((url) =>
        createAuth({ database: url, migrate: "off", pool: { max: 3 } }),
      ),
    );
    expect(await lookAt(auths[0]!, "pools")).toMatchObject([
      { severity: "warning", data: { ofProcess: 2, ofPool: 1, applications: ["other", "wispy-auth"] } },
    ]);
    await Promise.all(auths.map((auth) => auth.close()));
  });

  it.runIf(told)("does not take a client that listens for one", async () => {
    const { database, look } = await openDoctored(ctx);
    const client = new pg.Client({ connectionString: database.directUrl });
    await client.connect();
    await client.query("LISTEN news");
    expect(await look("pools")).toEqual(fine("pools"));
    await client.end();
  });

  it.runIf(told)("does not count the connections of other databases", async () => {
    const { look } = await openDoctored(ctx);
    const other = (await ctx.createDatabase()).open();
    await other.query("select 1");
    expect(await look("pools")).toEqual(fine("pools"));
  });

  it("warns of callers that wait", async () => {
    const { host, look } = await openDoctored(ctx, { max: 3 });
    const held = await Promise.all([1, 2, 3].map(() => host.pool.connect()));
    const waiting = [1, 2, 3, 4].map(() => host.query("select 1"));
    const looked = look("pool-size");
    for (const client of held) client.release();
    expect(await looked).toEqual([
      {
        check: "pool-size",
        severity: "warning",
        message: "4 callers wait for a connection: all 3 of the pool are taken",
        fix: expect.stringContaining("Raise the pool's `max`"),
        data: { waiting: 4, max: 3 },
      },
    ]);
    await Promise.all(waiting);
  });

  it("mentions a pool of one or two", async () => {
    const { look } = await openDoctored(ctx, { max: 2 });
    expect(await look("pool-size")).toMatchObject([
      {
        severity: "info",
        message: "The pool has at most 2 connections: requests take turns",
        data: { max: 2 },
      },
    ]);
  });

  it("warns of more processes than the server has connections for", async () => {
    const { look } = await openDoctored(ctx, { max: 10 });
    expect(await look("pool-size", { processes: 4 })).toEqual(fine("pool-size"));
    expect(await look("pool-size", { processes: 1000 })).toMatchObject([
      {
        severity: "warning",
        message: expect.stringMatching(
          /^1000 processes with up to 10 connections each need 10000; the server has \d+ for role postgres$/,
        ),
        fix: expect.stringContaining("Set the pool's `max` to 1 or less"),
      },
    ]);
  });

  it("knows the limit of the role itself", async () => {
    const { host, database } = await openDoctored(ctx);
    const role = await createRole(host, inject("postgres"), database);
    ctx.onSuiteEnd(() => role.drop());
    await host.query(`alter role ${role.name} connection limit 5`);
    const auth = await createTestAuth(ctx, { database: role.open({ max: 10 }).native, migrate: "off" });
    expect(await lookAt(auth, "pool-size")).toMatchObject([
      { severity: "warning", fix: expect.stringContaining("`max` to 5"), data: { max: 10, limit: 5 } },
    ]);
  });
});

describe("the doctor, about a server that is nearly full,", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer({ maxConnections: 10 });
  });
  afterAll(() => server.stop());

  it("warns", async () => {
    const database = await createPostgresDatabase({ server });
    const host = database.open({ max: 1 });
    const auth = await createAuth({ database: host.native, migrate: "off" });
    expect(await lookAt(auth, "server-connections")).toEqual(fine("server-connections"));
    const others = Array.from(
      { length: 8 },
      () => new pg.Client({ connectionString: postgresUrl(server, "postgres") }),
    );
    for (const client of others) await client.connect();
    expect(await lookAt(auth, "server-connections")).toMatchObject([
      {
        severity: "warning",
        message: expect.stringMatching(/^\d+ of the server's 10 connections are in use$/),
        fix: expect.stringContaining("pg_stat_activity"),
      },
    ]);
    await Promise.all(others.map((client) => client.end()));
    await auth.close();
    await database.drop();
  });
});

forDatabase("sqlite", "the doctor, about handles,", (ctx) => {
  it.runIf(told)("mentions a second handle of this process on the file", async () => {
    const { database, look } = await openDoctored(ctx);
    expect(await look("pools")).toEqual(fine("pools"));
    const second = database.open();
    await second.query("select count(*) as objects from sqlite_master");
    expect(await look("pools")).toMatchObject([
      { severity: "info", message: expect.stringContaining("open 2 times"), data: { handles: 2 } },
    ]);
    await second.close();
  });
});
