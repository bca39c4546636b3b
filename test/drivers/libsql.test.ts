import { writeFile } from "node:fs/promises";
import Libsql from "libsql";
import PromiseDatabase from "libsql/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { driverHandle } from "../support/driver-handles.ts";
import { findFreePort } from "../support/free-port.ts";
import { createSqliteDatabase, type TestDatabase } from "../support/test-database.ts";
import { sqliteHostTests } from "./support/sqlite-host-tests.ts";
import { syncHostTests } from "./support/sync-host-tests.ts";
import { testDriver } from "./support/test-driver.ts";

const test = { describe, it, beforeAll, afterAll };

testDriver("libsql");
sqliteHostTests(driverHandle("libsql"), test);
syncHostTests(driverHandle("libsql"), test);

describe("libsql's Database", () => {
  let file: TestDatabase;
  const opened: Libsql.Database[] = [];
  beforeAll(async () => {
    file = await createSqliteDatabase();
  });
  afterAll(async () => {
    for (const database of opened) if (database.open) database.close();
    await file.drop();
  });
  const open = (path = file.name): Libsql.Database => {
    const database = new Libsql(path);
    opened.push(database);
    return database;
  };
  const start = (database: unknown): ReturnType<typeof createAuth> =>
    createAuth({ database, password: { hasher: cheapHasher }, log: () => undefined });

  it("may read integers as BigInt by default: ours are numbers and dates, the application's stay BigInt", async () => {
    const database = open();
    database.defaultSafeIntegers(true);
    const auth = await start(database);
    const { user, session, token } = await auth.signUp(newCredentials());
    expect(await auth.getSession(token)).toEqual({ user, session });
    expect(await auth.listEvents(user.id)).toMatchObject([{ occurredAt: expect.any(Date) as Date }]);
    expect(database.prepare("select 1 as one").raw().all()).toEqual([[1n]]);
    await auth.close();
  });

  it("may be gone through over many ticks while we write", async () => {
    const database = open();
    const auth = await start(database);
    const rows = database
      .prepare(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 1000) select i from n",
      )
      .iterate();
    rows.next();
    const { token } = await auth.signUp(newCredentials());
    expect(await auth.signOut(token)).toBe(true);
    expect([...rows]).toHaveLength(999);
    await auth.close();
  });

  it("is told of as closed, although asking a closed one whether it is in a transaction ends the process", async () => {
    const database = open();
    const auth = await start(database);
    const prepared = await auth.prepareSignUp(newCredentials());
    database.close();
    await expect(auth.signUp(prepared)).rejects.toMatchObject({ code: "database_closed" });
    expect(() => auth.within(database).signUp(prepared)).toThrow(
      expect.objectContaining({ code: "database_closed" }),
    );
    await expect(start(database)).rejects.toMatchObject({ code: "database_closed" });
    await auth.close();
  });

  it("is refused when it is of libsql/promise, remote, or a replica", async () => {
    const promises = new PromiseDatabase(file.name, {});
    await expect(start(promises)).rejects.toMatchObject({ code: "unsupported_handle" });
    promises.close();
    const port = await findFreePort();
    await expect(start(open(`http://127.0.0.1:${String(port)}`))).rejects.toMatchObject({
      code: "database_unavailable",
    });
    const replica = open(`${file.name}-replica`);
    await writeFile(`${file.name}-replica-client_wal_index`, "");
    await expect(start(replica)).rejects.toMatchObject({ code: "unsupported_handle" });
  });
});
