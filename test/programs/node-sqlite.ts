// The tests of node:sqlite, for a Node.js that has it: it is newer than the one that the other tests run on.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createAuth, type Auth } from "wispy-auth";
import { databaseConformance, type TestRunner } from "wispy-auth/testing";
import { connect } from "../../src/database/connect.ts";
import { sql } from "../../src/database/statements/fragment.ts";
import { statement } from "../../src/database/statements/statement.ts";
import { table } from "../../src/database/statements/table.ts";
import { timestamp } from "../../src/database/statements/value-type.ts";
import { sqliteHandleTests } from "../coexistence/support/sqlite-handle-tests.ts";
import { sqliteHostTests } from "../drivers/support/sqlite-host-tests.ts";
import { syncHostTests } from "../drivers/support/sync-host-tests.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { findNodeSqlite, type DatabaseSync } from "../support/node-sqlite.ts";
import { sqliteDriverHandle } from "../support/sqlite-driver-handles.ts";
import { createSqliteDatabase, type TestDatabase } from "../support/test-database.ts";

const { DatabaseSync } = findNodeSqlite()!;
const driver = sqliteDriverHandle("node:sqlite");
const test: TestRunner = { describe, it, beforeAll: before, afterAll: after };

const files: TestDatabase[] = [];
const createFile = async (): Promise<string> => {
  const file = await createSqliteDatabase();
  files.push(file);
  return file.name;
};
test.afterAll(async () => {
  for (const file of files) await file.drop();
});

databaseConformance({ name: driver.name, open: async () => driver.open(await createFile()), test });
sqliteHostTests(driver, test);
syncHostTests(driver, test);
sqliteHandleTests(driver, test);

const start = (database: unknown): Promise<Auth> =>
  createAuth({ database, password: { hasher: cheapHasher }, log: () => undefined });

const moments = table("moments", { at: timestamp });
const findMoment = statement({
  id: "test.find_moment",
  params: { at: timestamp },
  row: { at: moments.at },
  sql: (p, row) => sql`select ${row} from ${moments} where ${moments.at} = ${p.at}`,
});
const insertMoment = statement({
  id: "test.insert_moment",
  params: { at: timestamp },
  sql: (p) => sql`insert into ${moments} ("at") values (${p.at})`,
});

test.describe("a DatabaseSync of node:sqlite", () => {
  let database: DatabaseSync;
  const open = async (options: Readonly<Record<string, unknown>> = {}): Promise<void> => {
    database = new DatabaseSync(await createFile(), options);
  };
  const closeAll = async (auth: Auth): Promise<void> => {
    await auth.close();
    database.close();
  };

  test.it(
    "may give BigInts and arrays by default: ours are numbers and dates, the application's stay what they are",
    async () => {
      await open({ readBigInts: true, returnArrays: true, allowBareNamedParameters: false });
      const read = (): unknown => database.prepare("select 1 as one").all();
      const before = read();
      const auth = await start(database);
      const { user, session, token } = await auth.signUp(newCredentials());
      assert.deepEqual(await auth.getSession(token), { user, session });
      assert.ok((await auth.listEvents(user.id))[0]?.occurredAt instanceof Date);
      assert.deepEqual((await auth.migrate()).drift, []);
      assert.deepEqual(read(), before);
      await closeAll(auth);
    },
  );

  test.it(
    "D4-48 param-types: binds a moment that is the only parameter, which as a Date would be NULL",
    async () => {
      await open();
      database.exec("create table test_moments (at integer)");
      const data = await connect(database, { namespace: { prefix: "test_" } });
      const at = new Date("1969-07-20T20:17:40.001Z");
      await data.run(insertMoment, { at });
      assert.deepEqual(await data.many(findMoment, { at }), [{ at }]);
      await data.close();
      database.close();
    },
  );

  test.it("D4-29 nested-connection-guard: refuses a script that uses the handle beside itself", async () => {
    await open();
    database.exec("create table notes (body text)");
    const data = await connect(database);
    const misuse = data.transaction(function* (tx) {
      yield* tx.raw("insert into notes (body) values ('nested')");
      void data.query("select 1 as c0");
      yield* tx.raw("insert into notes (body) values ('nested')");
    });
    await assert.rejects(misuse, { code: "nested_database_use" });
    assert.deepEqual(database.prepare("select body from notes").all(), []);
    await data.close();
    database.close();
  });

  test.it("may be gone through over many ticks while we write", async () => {
    await open();
    const auth = await start(database);
    database.exec("create table notes (n integer); insert into notes values (1), (2), (3)");
    const rows = database.prepare("select n from notes").iterate();
    rows.next();
    const { token } = await auth.signUp(newCredentials());
    assert.equal(await auth.signOut(token), true);
    assert.equal([...rows].length, 2);
    await closeAll(auth);
  });

  test.it("may be closed and opened again, which ends the statements we had prepared", async () => {
    await open();
    const auth = await start(database);
    const credentials = newCredentials();
    const { token, user } = await auth.signUp(credentials);
    database.close();
    await assert.rejects(auth.getSession(token), { code: "database_closed" });
    database.open();
    assert.equal((await auth.getSession(token))?.user.id, user.id);
    assert.equal((await auth.signIn(credentials)).user.id, user.id);
    await closeAll(auth);
  });

  test.it("is refused where it does not tell of open transactions", async () => {
    const older = Object.create(DatabaseSync.prototype) as DatabaseSync;
    await assert.rejects(start(older), { code: "unsupported_handle", message: /22\.16/ });
  });
});
