import pg from "pg";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { connect } from "../../src/database/connect.ts";
import type { Database } from "../../src/database/database.ts";
import { sql } from "../../src/database/statements/fragment.ts";
import { statement } from "../../src/database/statements/statement.ts";
import { integer } from "../../src/database/statements/value-type.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import { atPublic, createThings, findThing, things } from "./support/things.ts";

const ofAnotherModule = statement({
  id: findThing.id,
  hot: true,
  params: { id: integer },
  row: { id: things.id },
  sql: (p, row) => sql`select ${row} from ${things} where ${things.id} > ${p.id}`,
});

const sameTextElsewhere = statement({
  id: "other_module.find_thing",
  hot: true,
  params: { id: integer },
  row: { id: things.id, label: things.label },
  sql: (p, row) => sql`select ${row} from ${things} where ${things.id} = ${p.id}`,
});

forEachDatabase("statements of two modules", (ctx) => {
  let database: Database;
  beforeAll(async () => {
    for (const text of createThings) await ctx.host.query(text);
    database = await connect<unknown>(ctx.host.native, atPublic);
    ctx.onSuiteEnd(() => database.close());
  });

  it("D4-01 same-id-two-texts: the second is refused by name before anything is sent, alone and joined", async () => {
    expect(await database.one(findThing, { id: 7 })).toEqual({ id: 7, label: "thing 7" });
    const refusal = {
      code: "statement_invalid",
      message: expect.stringContaining("test.find_thing") as string,
    };
    const { named } = database.stats().statements;
    await expect(database.many(ofAnotherModule, { id: 99 })).rejects.toMatchObject(refusal);
    const joined = database.transaction(function* (tx) {
      return yield* tx.all([findThing.with({ id: 1 }), ofAnotherModule.with({ id: 99 })]);
    });
    await expect(joined).rejects.toMatchObject(refusal);
    expect(database.stats().statements.named).toBe(named);
    expect(await database.one(findThing, { id: 7 })).toEqual({ id: 7, label: "thing 7" });
  });

  it("D4-02 same-text-two-modules: identical SQL under two ids works side by side", async () => {
    expect(await database.one(sameTextElsewhere, { id: 8 })).toEqual({ id: 8, label: "thing 8" });
    expect(await database.one(findThing, { id: 9 })).toEqual({ id: 9, label: "thing 9" });
    const second = await connect<unknown>(ctx.host.native, atPublic);
    expect(await second.one(sameTextElsewhere, { id: 9 })).toEqual({ id: 9, label: "thing 9" });
    expect(database.stats().statements.recovered).toEqual({ plan: 0, name: 0, pooler: 0 });
  });
});

describe("statements of two modules on the wire", () => {
  it("D4-02 same-text-two-modules: identical SQL has one name, prepared once on a connection", async () => {
    const testDatabase = await createPostgresDatabase({ server: inject("postgres") });
    const host = testDatabase.open();
    for (const text of createThings) await host.query(text);
    const proxy = await startTcpProxy(inject("postgres"));
    const pool = new pg.Pool({ connectionString: postgresUrl(proxy, testDatabase.name), max: 1 });
    const [first, second] = [await connect(pool, atPublic), await connect(pool, atPublic)];
    for (const database of [first, second]) await database.inspect("select pg_backend_pid()");
    proxy.reset();
    await first.one(findThing, { id: 1 });
    await second.one(sameTextElsewhere, { id: 2 });
    await second.one(findThing, { id: 3 });
    const names = proxy.requests().flatMap(({ kind, name }) => (kind === "execute" ? [name] : []));
    expect(names).toHaveLength(3);
    expect(new Set(names).size).toBe(1);
    expect(names[0]).toMatch(/^wa_[\w-]{22}$/);
    expect(proxy.requests().filter(({ kind }) => kind === "parse")).toHaveLength(1);
    await pool.end();
    await proxy.stop();
    await testDatabase.drop();
  });
});
