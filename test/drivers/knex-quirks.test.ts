import type Database from "better-sqlite3";
import knex, { type Knex } from "knex";
import pg from "pg";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import {
  cheapHasher,
  createTestAuth,
  newCredentials,
  testBaseUrl,
  type TestAuth,
} from "../support/create-test-auth.ts";
import { forEachDatabase, type SuiteContext } from "../support/for-each-database.ts";
import { postgresUrl } from "../support/postgres-server.ts";

const log = { warn: () => undefined };

function openKnex({ dialect, database }: SuiteContext, config: Knex.Config = {}): Knex {
  return dialect === "postgres"
    ? knex({ client: "pg", connection: database.url, pool: { min: 0, max: 3 }, log, ...config })
    : knex({
        client: "better-sqlite3",
        connection: { filename: database.name },
        useNullAsDefault: true,
        log,
        ...config,
      });
}

const refuses = (code: string): unknown => expect.objectContaining({ code });

forEachDatabase("a Knex", (ctx) => {
  let db: Knex;
  let auth: TestAuth;
  beforeAll(async () => {
    db = openKnex(ctx);
    ctx.onSuiteEnd(() => db.destroy());
    await db.schema.createTable("notes", (table) => table.text("author"));
    auth = await createTestAuth(ctx, { database: db });
  });

  it("is handed back as it is, and its connections are those of the driver underneath", async () => {
    await auth.users.list();
    const { driver, naming, ownership } = auth.database.stats();
    expect(auth.database.native).toBe(db);
    expect({ driver, naming, ownership }).toEqual(
      ctx.dialect === "postgres"
        ? { driver: "knex (pg)", naming: "named", ownership: "borrowed" }
        : { driver: "knex (better-sqlite3)", naming: "unnamed", ownership: "borrowed" },
    );
    expect(auth.database.stats().connections).toMatchObject({
      waiting: 0,
      max: ctx.dialect === "postgres" ? 3 : 1,
    });
  });

  it("spells and renames for itself", async () => {
    const other = openKnex(ctx, {
      wrapIdentifier: (name, wrap) => wrap(name.toUpperCase()),
      postProcessResponse: () => ({ nothing: true }),
    });
    const hostile = await createAuth({ database: other, password: { hasher: cheapHasher } });
    const credentials = newCredentials();
    const prepared = await hostile.prepareSignUp(credentials);
    const created = await other.transaction((trx) => hostile.within(trx).signUp(prepared));
    expect(await hostile.getSession(created.token)).toEqual({ user: created.user, session: created.session });
    await hostile.close();
    await other.destroy();
  });

  it("undoes with an inner transaction what was joined to it", async () => {
    const [kept, undone] = [newCredentials(), newCredentials()];
    const [keep, undo] = [await auth.prepareSignUp(kept), await auth.prepareSignUp(undone)];
    await db.transaction(async (trx) => {
      await auth.within(trx).signUp(keep);
      const inner = trx.transaction(async (nested) => {
        await nested("notes").insert({ author: undone.email });
        await auth.within(nested).signUp(undo);
        throw new Error("changed its mind");
      });
      await expect(inner).rejects.toThrow("changed its mind");
      await trx("notes").insert({ author: kept.email });
    });
    expect(await auth.users.getByEmail(kept.email)).toMatchObject({ email: kept.email });
    expect(await auth.users.getByEmail(undone.email)).toBeNull();
    expect(await db("notes").where({ author: undone.email })).toEqual([]);
  });

  it("joins a transaction that a provider made", async () => {
    const credentials = newCredentials();
    const prepared = await auth.prepareSignUp(credentials);
    const provide = db.transactionProvider();
    const trx = await provide();
    await auth.within(trx).signUp(prepared);
    await trx.rollback();
    expect(await auth.users.getByEmail(credentials.email)).toBeNull();
  });

  it("is no transaction, and a transaction that is over is none either", async () => {
    expect(() => auth.within(db)).toThrow(refuses("transaction_required") as Error);
    const trx = await db.transaction();
    await trx.commit();
    const { id } = (await auth.signUp(newCredentials())).user;
    await expect(auth.within(trx).users.get(id)).rejects.toEqual(refuses("transaction_required"));
  });

  it("is the database, which a transaction of it is not", async () => {
    await db.transaction(async (trx) => {
      await expect(createAuth({ database: trx })).rejects.toEqual(refuses("unsupported_handle"));
    });
  });

  it("need not be the database for its transactions to be joined: what is underneath it will do", async () => {
    const beneath = await createTestAuth(ctx);
    const credentials = newCredentials();
    const prepared = await beneath.prepareSignUp(credentials);
    const { token } = await db.transaction((trx) => beneath.within(trx).signUp(prepared));
    expect((await auth.getSession(token))?.user.email).toBe(credentials.email);
    expect((await beneath.getSession(token))?.user.email).toBe(credentials.email);
  });

  it("may have less patience than ours", async () => {
    const hurried = openKnex(ctx, { acquireConnectionTimeout: 2000, pool: { min: 1, max: 1 } });
    // It counts the making of a connection, too.
    await expect.poll(() => hurried.raw("select 1").catch(() => null), { timeout: 20_000 }).not.toBeNull();
    const pool = { connectionTimeoutSeconds: 20 };
    const other = await createAuth({ database: hurried, password: { hasher: cheapHasher }, pool });
    await hurried.transaction(async () => {
      await expect(other.users.list()).rejects.toEqual(refuses("connection_timeout"));
    });
    expect(await other.users.list({ limit: 1 })).toHaveLength(1);
    await other.close();
    await hurried.destroy();
  });

  it("that gave a connection back in the middle of a transaction gets nothing of ours mixed into it", async () => {
    const forgetful = openKnex(ctx, { pool: { min: 0, max: 1 } });
    const other = await createAuth({
      database: forgetful,
      baseUrl: testBaseUrl,
      password: { hasher: cheapHasher },
    });
    const credentials = newCredentials();
    await forgetful.raw("begin");
    if (ctx.dialect === "postgres") {
      await other.signUp(credentials);
      await forgetful.raw("rollback");
    } else {
      await expect(other.signUp(credentials)).rejects.toEqual(refuses("host_transaction_open"));
      await forgetful.raw("rollback");
      await other.signUp(credentials);
    }
    expect((await auth.users.getByEmail(credentials.email))?.email).toBe(credentials.email);
    await other.close();
    await forgetful.destroy();
  });

  if (ctx.dialect === "postgres") {
    it.skipIf(inject("pgbouncer") === null)("has a pooler found out, and sends it no names", async () => {
      const connection = postgresUrl(inject("pgbouncer")!, ctx.database.name);
      const pooled = knex({ client: "pg", connection, log });
      const other = await createAuth({ database: pooled, password: { hasher: cheapHasher } });
      await other.signUp(newCredentials());
      expect(other.database.stats()).toMatchObject({ pooler: "present", naming: "unnamed" });
      await other.close();
      await pooled.destroy();
    });

    it("may have been given a pool, whose connections it lends", async () => {
      const pool = new pg.Pool({ connectionString: ctx.database.url, max: 2 });
      pool.on("error", () => undefined);
      const lender = knex({ client: "pg", connectionPool: pool, log } as Knex.Config);
      const other = await createAuth({ database: lender, password: { hasher: cheapHasher } });
      const credentials = newCredentials();
      const prepared = await other.prepareSignUp(credentials);
      await lender.transaction((trx) => other.within(trx).signUp(prepared));
      expect((await other.signIn(credentials)).user.email).toBe(credentials.email);
      expect(pool.idleCount).toBe(pool.totalCount);
      await other.close();
      await lender.destroy();
      await pool.end();
    });
    return;
  }

  it("is refused without foreign keys", async () => {
    const off = openKnex(ctx, {
      pool: {
        afterCreate: (connection: Database.Database, done: () => void) => {
          connection.pragma("foreign_keys = OFF");
          done();
        },
      },
    });
    await expect(createAuth({ database: off })).rejects.toEqual(refuses("configuration_invalid"));
    await off.destroy();
  });
});

describe("a Knex of another database", () => {
  it.each(["sqlite3", "mysql2", "cockroachdb"])("is refused: %s", async (client) => {
    const other = knex({ client, useNullAsDefault: true });
    await expect(createAuth({ database: other })).rejects.toMatchObject({
      code: "unsupported_handle",
      message: expect.stringContaining(client) as string,
    });
    await other.destroy();
  });
});
