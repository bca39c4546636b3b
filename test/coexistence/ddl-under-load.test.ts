import pg from "pg";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import { connect } from "../../src/database/connect.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { createAuth } from "wispy-auth";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import type { TestHost } from "../support/test-host.ts";
import { endpoints, forEachEndpoint } from "./support/endpoints.ts";
import { callWhile, type LoadReport } from "./support/load.ts";
import { atPublic, createThings, findThing, findThingLoosely } from "./support/things.ts";

const callers = 8;

/** Changes a table again and again, a tenth of a second apart. */
async function alterEveryTenth(owner: TestHost, changes: readonly string[]): Promise<void> {
  await sleep(100);
  for (const text of changes) {
    await owner.query(text);
    await sleep(100);
  }
}

const addColumns = (table: string, prefix: string): string[] =>
  Array.from({ length: 10 }, (_, i) => `alter table ${table} add column ${prefix}_${i} int default 0`);

const retype = (table: string, column: string): string[] =>
  Array.from(
    { length: 10 },
    (_, i) => `alter table ${table} alter column ${column} type ${i % 2 === 0 ? "varchar(400)" : "text"}`,
  );

forEachEndpoint("tables that are altered under load", endpoints.all, (ctx) => {
  const direct = ctx.endpoint.pooler === null;
  let owner: TestHost;
  beforeAll(async () => {
    owner = ctx.database.open({ direct: true, max: 2 });
    for (const text of createThings) await owner.query(text);
  });

  /** Sign-ins and session checks while our own tables are changed. */
  async function callAuth(changes: (table: string) => readonly string[]): Promise<void> {
    const pool = new pg.Pool({ connectionString: ctx.database.url, max: callers });
    const auth = await createAuth({ database: pool, password: { hasher: cheapHasher } });
    const credentials = newCredentials();
    const { token, user } = await auth.signUp(credentials);
    const report = await callWhile(
      async () => {
        await alterEveryTenth(owner, changes("wispy.users"));
        await alterEveryTenth(owner, changes("wispy.sessions").slice(0, 5));
      },
      {
        callers,
        call: async (caller) => {
          expect(await auth.getSession(token)).toMatchObject({ user: { id: user.id } });
          if (caller < 2) expect(await auth.signIn(credentials)).toMatchObject({ user: { id: user.id } });
        },
      },
    );
    expect(report.errors).toEqual({});
    expect(auth.database.stats()).toMatchObject({
      naming: direct ? "named" : "unnamed",
      statements: { recovered: { plan: 0, name: 0, pooler: 0 } },
    });
    console.log(`${ctx.endpoint.name}: 15 changes of our tables, ${report.calls} calls, 0 errors`);
    await auth.close();
    await pool.end();
  }

  it("D4-07 add-column-under-load: 0 errors and 0 recoveries", async () => {
    await callAuth((table) => addColumns(table, "extra"));
  });

  it("D4-08 alter-type-under-load: a retyped column that we return is 0 errors, because outputs are cast", async () => {
    await callAuth((table) => retype(table, table.endsWith("users") ? "name" : "user_agent"));
  });

  it("D4-08 alter-type-under-load: a statement with `*` is recovered; its text changes once with each change", async () => {
    const changes = 5;
    const proxy = await startTcpProxy(ctx.address);
    const pool = new pg.Pool({ connectionString: postgresUrl(proxy, ctx.database.name), max: callers });
    const database = await connect(pool, atPublic);
    await database.inspect("select pg_backend_pid()");
    const alterations = addColumns("our_things", "loose").slice(0, changes);
    const texts = (): Set<string> => {
      const named = proxy.requests().filter(({ kind, name }) => kind === "parse" && name !== "");
      return new Set(named.map(({ text }) => text).filter((text) => text.includes("*")));
    };
    let answered = 0;
    /** One change after another, each once the text that the one before it called for was sent and answered. */
    const alterInTurn = async (): Promise<void> => {
      for (let i = 0; i <= changes; i += 1) {
        while (texts().size < i + 1) await sleep(10);
        for (const enough = answered + 2 * callers; answered < enough;) await sleep(10);
        if (i < changes) await owner.query(alterations[i]!);
      }
    };
    const alter = direct ? alterInTurn : () => alterEveryTenth(owner, alterations);
    const report = await callWhile(alter, {
      callers,
      call: async () => {
        expect(await database.one(findThingLoosely, { id: 3 })).toEqual({ id: 3, label: "thing 3" });
        answered += 1;
        expect(await database.one(findThing, { id: 4 })).toEqual({ id: 4, label: "thing 4" });
      },
    });
    expect(report.errors).toEqual({});
    const { recovered } = database.stats().statements;
    if (direct) {
      expect(texts().size).toBe(changes + 1);
      expect(recovered.plan).toBeGreaterThanOrEqual(changes);
      expect(recovered.plan).toBeLessThanOrEqual(changes * callers);
    } else expect({ texts: texts().size, recovered: recovered.plan }).toEqual({ texts: 0, recovered: 0 });
    await pool.end();
    await proxy.stop();
  });
});

forEachEndpoint("a plain driver, its tables altered under load", endpoints.direct, (ctx) => {
  let owner: TestHost;
  beforeAll(async () => {
    owner = ctx.database.open({ direct: true, max: 2 });
    for (const text of createThings) await owner.query(text);
  });

  it("D4-07 add-column-under-load: a plain named `select *` fails there", async () => {
    const report = await withClients((client) =>
      client.query({ name: "loose", text: "select * from our_things where id = $1", values: [1] }),
    );
    expect(Object.keys(report.errors)).toEqual(["0A000 cached plan must not change result type"]);
  });

  it("D4-08 alter-type-under-load: a plain named statement without casts fails there", async () => {
    const report = await withClients(
      (client) =>
        client.query({ name: "bare", text: "select label from our_things where id = $1", values: [1] }),
      retype("our_things", "label"),
    );
    expect(Object.keys(report.errors)).toEqual(["0A000 cached plan must not change result type"]);
  });

  /** A held client for each caller, as in a long transaction or a pool that nobody empties. */
  async function withClients(
    call: (client: pg.Client) => Promise<unknown>,
    changes = addColumns("our_things", "plain").slice(0, 3),
  ): Promise<LoadReport> {
    const clients = Array.from(
      { length: callers },
      () => new pg.Client({ connectionString: ctx.database.url }),
    );
    await Promise.all(clients.map((client) => client.connect()));
    const report = await callWhile(() => alterEveryTenth(owner, changes.slice(0, 3)), {
      callers,
      call: (caller) => call(clients[caller]!),
    });
    await Promise.all(clients.map((client) => client.end()));
    return report;
  }
});

forEachEndpoint("a stale plan behind a pooler that follows statements", endpoints.following, (ctx) => {
  it("D4-09 stale-plan-on-mps: healed by a new text, on old and new connections", async () => {
    const owner = ctx.database.open({ direct: true, max: 1 });
    for (const text of createThings) await owner.query(text);
    const open = (): pg.Pool => new pg.Pool({ connectionString: ctx.database.url, max: 2 });
    const [pool, later] = [open(), open()];
    const database = await connect(pool, { ...atPublic, statements: "named" });
    await database.one(findThingLoosely, { id: 1 });
    await owner.query("alter table our_things add column more int");
    await expect(
      later.query({ name: "plain", text: "select * from our_things where id = $1", values: [1] }),
    ).resolves.toBeDefined();
    for (let i = 0; i < 20; i += 1) {
      expect(await database.one(findThingLoosely, { id: 1 })).toEqual({ id: 1, label: "thing 1" });
    }
    const fresh = await connect(later, { ...atPublic, statements: "named" });
    expect(await fresh.one(findThingLoosely, { id: 1 })).toEqual({ id: 1, label: "thing 1" });
    expect(database.stats()).toMatchObject({ naming: "named", statements: { recovered: { plan: 1 } } });
    await pool.end();
    await later.end();
  });
});
