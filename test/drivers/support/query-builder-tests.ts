import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import type { HostDatabase, HostTransaction, TransactionSteps } from "wispy-auth/testing";
import { connect, type ConnectOptions } from "../../../src/database/connect.ts";
import { sql } from "../../../src/database/statements/fragment.ts";
import { statement } from "../../../src/database/statements/statement.ts";
import { text } from "../../../src/database/statements/value-type.ts";
import { cheapHasher, newCredentials } from "../../support/create-test-auth.ts";
import { driverHandle } from "../../support/driver-handles.ts";
import {
  createPostgresDatabase,
  createSqliteDatabase,
  type TestDatabase,
} from "../../support/test-database.ts";

const dawdle = statement({
  id: "test.dawdle",
  params: { seconds: text },
  sql: (p) => sql`select pg_sleep(${p.seconds}::float)::text`,
});

/** What holds for every package that keeps its connections to itself: with one of them, and with a bad one. */
export function queryBuilderTests(name: string): void {
  const driver = driverHandle(name);

  describe(`${name} with one connection`, () => {
    let database: TestDatabase;
    let host: HostDatabase;
    beforeAll(async () => {
      database = await (driver.dialect === "postgres"
        ? createPostgresDatabase({ server: inject("postgres") })
        : createSqliteDatabase());
      const address = driver.opens === "url" ? database.url : database.name;
      host = await driver.open(address, { max: 1 });
      await host.query("create table notes (author text not null)");
    });
    afterAll(async () => {
      await host.close();
      await database.drop();
    });

    /** Tables of the test's own on the handle, with the deadlines it wants. */
    const open = (pool: ConnectOptions["pool"]): ReturnType<typeof connect> =>
      connect(host.database, { pool });

    const countNotes = async (author: string): Promise<number> =>
      (await host.query(`select 1 as one from notes where author = '${author}'`)).length;

    it("serves operations and transactions of the application at once, without a hang", async () => {
      const auth = await createAuth({ database: host.database, password: { hasher: cheapHasher } });
      const signUps = Array.from({ length: 10 }, async () => {
        const { token } = await auth.signUp(newCredentials());
        return (await auth.getSession(token)) !== null;
      });
      const shared = Array.from({ length: 10 }, async () => {
        const credentials = newCredentials();
        const prepared = await auth.prepareSignUp(credentials);
        await host.inTransaction(function* (transaction) {
          yield* note(transaction, credentials.email);
          yield auth.within(transaction.handle).signUp(prepared);
        });
        return (await auth.users.getByEmail(credentials.email)) !== null;
      });
      expect(new Set(await Promise.all([...signUps, ...shared]))).toEqual(new Set([true]));
      await auth.close();
    });

    it("waits for a connection that the application holds, but not for ever", async () => {
      const data = await open({ connectionTimeoutSeconds: 0.2 });
      const patient = await open({});
      const refused = expect.objectContaining({ code: "connection_timeout" });
      await host.inTransaction(function* (transaction) {
        yield* note(transaction, "held");
        yield expect(data.transaction((tx) => tx.raw("select 1 as c0"))).rejects.toEqual(refused);
        yield* note(transaction, "held");
      });
      expect(await countNotes("held")).toBe(2);
      // The connection that came too late was given back.
      await patient.transaction((tx) => tx.raw("insert into notes (author) values ('late')"));
      expect(await countNotes("late")).toBe(1);
      await data.close();
      await patient.close();
    });

    if (driver.dialect === "sqlite") return;

    it("gives up on a statement without an answer, and gives the connection back as it was", async () => {
      const data = await open({ statementTimeoutSeconds: 0.2 });
      const script = data.transaction(
        function* (tx) {
          yield* tx.raw("insert into notes (author) values ('dawdler')");
          yield* tx.run(dawdle, { seconds: "0.6" });
        },
        { maxAttempts: 1 },
      );
      await expect(script).rejects.toMatchObject({ code: "database_unavailable" });
      // In a transaction, now() stands still.
      const [row] = await host.query("select now() = statement_timestamp() as alone");
      expect(row).toEqual({ alone: true });
      expect(await countNotes("dawdler")).toBe(0);
      await data.close();
    });

    it("runs a transaction again whose connection was lost, and finds a new one", async () => {
      const data = await open({});
      let runs = 0;
      await data.transaction(function* (tx) {
        runs += 1;
        yield* tx.raw(`insert into notes (author) values ('run ${String(runs)}')`);
        if (runs === 1) yield* tx.raw("select pg_terminate_backend(pg_backend_pid()) as c0");
      });
      expect([await countNotes("run 1"), await countNotes("run 2")]).toEqual([0, 1]);
      expect(await data.query("select 1 as c0")).toHaveLength(1);
      await data.close();
    });

    it("spells its transactions out, whatever the role's defaults", async () => {
      const role = `set default_transaction_isolation to 'serializable'`;
      await host.query(`alter role postgres in database ${database.name} ${role}`);
      await host.query(
        `alter role postgres in database ${database.name} set default_transaction_read_only to on`,
      );
      const other = await driver.open(database.url);
      const data = await connect(other.database);
      const settings = await data.transaction((tx) =>
        tx.raw(
          "select current_setting('transaction_isolation') as c0, current_setting('transaction_read_only') as c1",
        ),
      );
      expect(settings).toEqual([["read committed", "off"]]);
      await data.close();
      await other.close();
    });
  });
}

function* note(transaction: HostTransaction, author: string): TransactionSteps<void> {
  yield transaction.query(`insert into notes (author) values ('${author}')`);
}
