import Database from "better-sqlite3";
import {
  CamelCasePlugin,
  DummyDriver,
  Kysely,
  MssqlQueryCompiler,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresDialect,
  sql,
  SqliteDialect,
  type Transaction,
} from "kysely";
import pg from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, createTestAuth, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";

interface Schema {
  notes: { author_name: string };
}

forEachDatabase("a Kysely", (ctx) => {
  let db: Kysely<Schema>;
  let auth: TestAuth;
  beforeAll(async () => {
    const { database } = ctx;
    if (ctx.dialect === "postgres") {
      const pool = new pg.Pool({ connectionString: database.url, max: 3 });
      db = new Kysely({ dialect: new PostgresDialect({ pool }) });
    } else {
      db = new Kysely({ dialect: new SqliteDialect({ database: new Database(database.name) }) });
    }
    ctx.onSuiteEnd(() => db.destroy());
    await db.schema.createTable("notes").addColumn("author_name", "text").execute();
    auth = await createTestAuth(ctx, { database: db });
  });

  const refuses = (code: string): unknown => expect.objectContaining({ code });

  it("is handed back as it is, and tells what is known of it", () => {
    expect(auth.database.native).toBe(db);
    expect(auth.database.dialect).toBe(ctx.dialect);
    expect(auth.database.stats()).toMatchObject({
      driver: "kysely",
      naming: "unnamed",
      ownership: "borrowed",
    });
  });

  it("keeps its plugins to itself, those of a transaction too", async () => {
    const camel = db.withPlugin(new CamelCasePlugin());
    const other = await createAuth({ database: camel, password: { hasher: cheapHasher } });
    const credentials = newCredentials();
    const prepared = await other.prepareSignUp(credentials);
    const created = await camel.transaction().execute((trx) => other.within(trx).signUp(prepared));
    expect(await other.getSession(created.token)).toEqual({ user: created.user, session: created.session });
    await other.close();
  });

  it("joins a controlled transaction, and what its savepoints undo is undone", async () => {
    const [kept, undone] = [newCredentials(), newCredentials()];
    const [keep, undo] = [await auth.prepareSignUp(kept), await auth.prepareSignUp(undone)];
    const trx = await db.startTransaction().execute();
    await auth.within(trx).signUp(keep);
    const inner = await trx.savepoint("before").execute();
    await auth.within(inner).signUp(undo);
    await inner.rollbackToSavepoint("before").execute();
    await trx.insertInto("notes").values({ author_name: kept.email }).execute();
    await trx.commit().execute();
    expect(await auth.users.getByEmail(kept.email)).toMatchObject({ email: kept.email });
    expect(await auth.users.getByEmail(undone.email)).toBeNull();
    await expect(auth.within(trx).users.get(undone.email)).rejects.toEqual(refuses("transaction_required"));
  });

  it("is no transaction, and a transaction that is over is none either", async () => {
    expect(() => auth.within(db)).toThrow(refuses("transaction_required") as Error);
    let over: Transaction<Schema> | undefined;
    await db.transaction().execute(async (trx) => void (over = trx));
    const { id } = (await auth.signUp(newCredentials())).user;
    await expect(auth.within(over).users.get(id)).rejects.toEqual(refuses("transaction_required"));
    const rolledBack = await db.startTransaction().execute();
    await rolledBack.rollback().execute();
    await expect(auth.within(rolledBack).users.get(id)).rejects.toEqual(refuses("transaction_required"));
  });

  it("is the database, which a transaction of it is not", async () => {
    await db.transaction().execute(async (trx) => {
      await expect(createAuth({ database: trx })).rejects.toEqual(refuses("unsupported_handle"));
    });
  });

  it("need not be the database for its transactions to be joined: what is underneath it will do", async () => {
    const beneath = await createTestAuth(ctx);
    const credentials = newCredentials();
    const prepared = await beneath.prepareSignUp(credentials);
    const { token } = await db.transaction().execute((trx) => beneath.within(trx).signUp(prepared));
    expect((await auth.getSession(token))?.user.email).toBe(credentials.email);
    expect((await beneath.getSession(token))?.user.email).toBe(credentials.email);
  });

  it("undoes with the application's transaction what was joined to it, and nothing that was written beside it", async () => {
    const credentials = newCredentials();
    const { user } = await auth.signUp(credentials);
    const failing = db.transaction().execute(async (trx) => {
      await trx.insertInto("notes").values({ author_name: credentials.email }).execute();
      await Promise.all([
        trx.insertInto("notes").values({ author_name: "lost" }).execute(),
        auth.within(trx).users.update(user.id, { name: "lost" }),
      ]);
      throw new Error("changed its mind");
    });
    const updated = auth.users.update(user.id, { name: "kept" });
    await expect(failing).rejects.toThrow("changed its mind");
    expect((await updated).name).toBe("kept");
    expect((await auth.users.get(user.id))?.name).toBe("kept");
    expect(await db.selectFrom("notes").selectAll().where("author_name", "=", "lost").execute()).toEqual([]);
  });

  if (ctx.dialect === "postgres") {
    it("may have a pool with less patience than ours", async () => {
      const options = { connectionString: ctx.database.url, max: 1, connectionTimeoutMillis: 2000 };
      const pool = new pg.Pool(options);
      // It counts the making of a connection, too.
      await expect.poll(() => pool.query("select 1").catch(() => null), { timeout: 20_000 }).not.toBeNull();
      const hurried = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
      const other = await createAuth({
        database: hurried,
        password: { hasher: cheapHasher },
        pool: { connectionTimeoutSeconds: 20 },
      });
      await hurried.connection().execute(async () => {
        await expect(other.users.list()).rejects.toEqual(refuses("connection_timeout"));
      });
      expect(await other.users.list({ limit: 1 })).toHaveLength(1);
      await other.close();
      await hurried.destroy();
    });
    return;
  }

  it("in which a transaction was left open gets nothing of ours mixed into it", async () => {
    const credentials = newCredentials();
    await sql`begin`.execute(db);
    const open = refuses("host_transaction_open");
    await expect(auth.signUp(credentials)).rejects.toEqual(open);
    await expect(auth.users.delete("01a20a57-ffaa-7450-a8f0-b4dbf90b0641")).rejects.toEqual(open);
    await sql`rollback`.execute(db);
    expect((await auth.signUp(credentials)).user.email).toBe(credentials.email);
  });

  it("is refused without foreign keys, and waits while rows are read one by one", async () => {
    const file = (await ctx.createDatabase()).name;
    const raw = new Database(file);
    const other = new Kysely<Schema>({ dialect: new SqliteDialect({ database: raw }) });
    raw.pragma("foreign_keys = OFF");
    await expect(createAuth({ database: other })).rejects.toEqual(refuses("configuration_invalid"));
    raw.pragma("foreign_keys = ON");
    const again = await createAuth({ database: other, password: { hasher: cheapHasher } });
    const { user } = await again.signUp(newCredentials());
    const rows = raw.prepare("select id from wispy_users").iterate();
    rows.next();
    const update = again.users.update(user.id, { name: "later" });
    await new Promise(setImmediate);
    rows.return?.();
    expect((await update).name).toBe("later");
    await again.close();
    await other.destroy();
  });
});

describe("a Kysely of another database", () => {
  it.each([
    ["MySQL", MysqlQueryCompiler],
    ["SQL Server", MssqlQueryCompiler],
  ])("is refused: %s", async (_name, Compiler) => {
    const db = new Kysely<Schema>({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: () => {
          throw new Error("not asked");
        },
        createQueryCompiler: () => new Compiler(),
      },
    });
    await expect(createAuth({ database: db })).rejects.toMatchObject({
      code: "unsupported_handle",
      message: expect.stringContaining("PostgreSQL or SQLite") as string,
    });
  });
});
