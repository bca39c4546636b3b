import { DataSource } from "typeorm";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth, type Auth } from "wispy-auth";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { createPostgresDatabase, createSqliteDatabase, type TestDatabase } from "../support/test-database.ts";
import { testDriver } from "./support/test-driver.ts";

testDriver("TypeORM on PostgreSQL");

describe("TypeORM", () => {
  let database: TestDatabase;
  let source: DataSource;
  let auth: Auth<DataSource>;
  beforeAll(async () => {
    database = await createPostgresDatabase({ server: inject("postgres") });
    source = new DataSource({ type: "postgres", url: database.url });
    await expect(createAuth({ database: source })).rejects.toThrow("await dataSource.initialize()");
    await source.initialize();
    auth = await createAuth({ database: source, password: { hasher: cheapHasher } });
  });
  afterAll(async () => {
    await auth.close();
    await source.destroy();
    await database.drop();
  });

  it("lends its pool, and is handed back as it is", () => {
    expect(auth.database.native).toBe(source);
    expect(auth.database.stats()).toMatchObject({ driver: "pg", naming: "named", ownership: "borrowed" });
  });

  it("joins by a QueryRunner as by an EntityManager, once the transaction has begun", async () => {
    const prepared = await auth.prepareSignUp(newCredentials());
    const runner = source.createQueryRunner();
    const join = async () => auth.within(runner).signUp(prepared);
    await expect(join()).rejects.toMatchObject({ code: "transaction_required" });
    await expect((async () => auth.within(source.manager).signUp(prepared))()).rejects.toMatchObject({
      code: "transaction_required",
    });
    await runner.startTransaction();
    const { user } = await join();
    await runner.rollbackTransaction();
    expect(await auth.users.get(user.id)).toBeNull();
    await runner.release();
  });
});

it("TypeORM on SQLite is refused as `database`, with what to do, and joined all the same", async () => {
  const database = await createSqliteDatabase();
  const source = new DataSource({ type: "better-sqlite3", database: database.name });
  await source.initialize();
  await expect(createAuth({ database: source })).rejects.toThrow("a better-sqlite3 Database of its own");
  const auth = await createAuth({ database: database.url, password: { hasher: cheapHasher } });
  const [kept, undone] = [newCredentials(), newCredentials()];
  const prepared = [await auth.prepareSignUp(kept), await auth.prepareSignUp(undone)] as const;
  await source.transaction((manager) => auth.within(manager).signUp(prepared[0]));
  const failing = source.transaction(async (manager) => {
    await auth.within(manager).signUp(prepared[1]);
    throw new Error("undone");
  });
  await expect(failing).rejects.toThrow("undone");
  await expect(auth.signIn(kept)).resolves.toMatchObject({ user: { email: kept.email } });
  await expect(auth.signIn(undone)).rejects.toMatchObject({ code: "invalid_credentials" });
  await auth.close();
  await source.destroy();
  await database.drop();
});
