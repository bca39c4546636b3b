import { writeFile } from "node:fs/promises";
import { createClient, type Client, type Config } from "@libsql/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuth, type Auth } from "wispy-auth";
import { connect } from "../../src/database/connect.ts";
import { addOne } from "../coexistence/support/counter-script.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { driverHandle } from "../support/driver-handles.ts";
import { createSqliteDatabase, type TestDatabase } from "../support/test-database.ts";
import { sqliteHostTests } from "./support/sqlite-host-tests.ts";
import { testDriver } from "./support/test-driver.ts";

testDriver("@libsql/client");
testDriver("@libsql/client in memory");
sqliteHostTests(driverHandle("@libsql/client"), { describe, it, beforeAll, afterAll });

const start = (database: unknown): Promise<Auth> =>
  createAuth({ database, password: { hasher: cheapHasher }, log: () => undefined });

/** Lets everything go on that waits for nothing outside of this process. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}

describe("a Client of @libsql/client", () => {
  const files: TestDatabase[] = [];
  const clients: Client[] = [];
  afterAll(async () => {
    for (const client of clients) client.close();
    for (const file of files) await file.drop();
  });
  const createFile = async (): Promise<TestDatabase> => {
    const file = await createSqliteDatabase();
    files.push(file);
    return file;
  };
  const open = (config: Config): Client => {
    const client = createClient(config);
    clients.push(client);
    return client;
  };
  const openFile = async (config: Partial<Config> = {}): Promise<Client> =>
    open({ url: `file:${(await createFile()).name}`, ...config });

  it.each(["number", "bigint", "string"] as const)(
    "may read integers as %s: ours are numbers, dates and booleans all the same",
    async (intMode) => {
      const client = await openFile({ intMode });
      const auth = await start(client);
      const { user, session, token } = await auth.signUp(newCredentials());
      expect(await auth.getSession(token)).toEqual({ user, session });
      const { id } = await auth.users.disable(user.id);
      expect((await auth.users.get(id))?.disabledAt).toBeInstanceOf(Date);
      expect(await auth.migrate()).toMatchObject({ drift: [] });
      await auth.close();
      expect(typeof (await client.execute("select 1 as one")).rows[0]!["one"]).toBe(intMode);
    },
  );

  it.each([
    ["a file", "file"],
    ["a file by one connection", "one"],
    ["memory", "memory"],
  ])(
    "D4-45 sqlite-async-interleave: on %s our writes wait for the application's transaction, and are no part of it",
    async (_, where) => {
      const client =
        where === "memory"
          ? open({ url: ":memory:" })
          : await openFile(where === "one" ? { concurrency: 1 } : {});
      await client.execute("create table notes (body text)");
      const auth = await start(client);
      const credentials = newCredentials();
      const prepared = await auth.prepareSignUp(credentials);
      const transaction = await client.transaction("write");
      await transaction.execute("insert into notes values ('mine')");
      let written = false;
      const signUp = auth.signUp(prepared).then(() => (written = true));
      await turns(20);
      expect(written).toBe(false);
      await transaction.rollback();
      await signUp;
      expect((await auth.signIn(credentials)).user.email).toBe(credentials.email);
      expect((await client.execute("select body from notes")).rows).toHaveLength(0);
      await auth.close();
    },
  );

  it("gives a transaction up that was ended, and joins none", async () => {
    const client = await openFile();
    const auth = await start(client);
    const transaction = await client.transaction("write");
    const joined = auth.within(transaction);
    await joined.users.list();
    await transaction.commit();
    await expect(joined.users.list()).rejects.toMatchObject({ code: "transaction_required" });
    expect(() => auth.within(client)).toThrow(expect.objectContaining({ code: "unsupported_handle" }));
    await auth.close();
  });

  it("D4-46 sqlite-fk-off: no connection of it writes without foreign keys, whichever the application has changed", async () => {
    const client = await openFile();
    const auth = await start(client);
    const { user } = await auth.signUp(newCredentials());
    // It takes two at once for the client to have a second connection, which waits behind the first one.
    const [first, second] = [await client.transaction("deferred"), await client.transaction("deferred")];
    first.close();
    second.close();
    await client.execute("PRAGMA foreign_keys = OFF");
    const refused = { code: "configuration_invalid" };
    await expect(auth.users.delete(user.id)).rejects.toMatchObject(refused);
    await expect(start(client)).rejects.toMatchObject(refused);
    const transaction = await client.transaction("write");
    await expect(auth.within(transaction).users.delete(user.id)).rejects.toMatchObject(refused);
    transaction.close();
    await client.execute("PRAGMA foreign_keys = ON");
    expect(await auth.users.delete(user.id)).toBe(true);
    expect((await client.execute("select id from wispy_sessions")).rows).toHaveLength(0);
    await auth.close();
  });

  it("commits a transaction once the readers of a rollback journal are done, without running it again", async () => {
    const file = await createFile();
    const [client, reader] = [1, 2].map(() => open({ url: `file:${file.name}` }));
    await client!.executeMultiple("create table test_counter (n int); insert into test_counter values (0)");
    const database = await connect(client!, { namespace: { prefix: "test_" } });
    const reading = await reader!.transaction("deferred");
    await reading.execute("select n from test_counter");
    const counted = database.transaction(addOne);
    await turns(2);
    reading.close();
    expect(await counted).toBe(1);
    expect(database.stats()).toMatchObject({
      pooler: "none",
      naming: "unnamed",
      connections: { open: 1, idle: 1, waiting: 0, max: 1 },
      statements: { transactionReplays: 0 },
    });
    await database.close();
  });

  it("may have connections that refuse every COMMIT since the application found the file locked: we use others", async () => {
    const file = await createFile();
    const [client, other] = [1, 2].map(() => open({ url: `file:${file.name}` }));
    const auth = await start(client!);
    const lock = await other!.transaction("write");
    for (let i = 0; i < 3; i += 1) await expect(client!.transaction("write")).rejects.toThrow("locked");
    await lock.rollback();
    const credentials = newCredentials();
    await auth.signUp(credentials);
    expect((await auth.signIn(credentials)).user.email).toBe(credentials.email);
    expect(auth.database.stats().statements.transactionReplays).toBe(0);
    await auth.close();
  });

  it("may be closed under our work, and connected again", async () => {
    const client = await openFile();
    const auth = await start(client);
    const { token } = await auth.signUp(newCredentials());
    const underWay = Array.from({ length: 20 }, () => auth.signUp(newCredentials()));
    await turns(3);
    client.close();
    for (const outcome of await Promise.allSettled(underWay)) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "database_closed" });
    }
    await expect(auth.getSession(token)).rejects.toMatchObject({ code: "database_closed" });
    client.reconnect();
    expect(await auth.getSession(token)).not.toBeNull();
    await auth.close();
  });

  it("is refused when it is remote or a replica", async () => {
    for (const url of ["http://127.0.0.1:9", "ws://127.0.0.1:9", "libsql://db.example.com"]) {
      await expect(start(open({ url }))).rejects.toMatchObject({ code: "unsupported_handle" });
    }
    const file = await createFile();
    const replica = open({ url: `file:${file.name}` });
    await writeFile(`${file.name}-client_wal_index`, "");
    await expect(start(replica)).rejects.toMatchObject({ code: "unsupported_handle" });
  });
});
