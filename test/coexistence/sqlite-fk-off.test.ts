import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { createSqliteDatabase, type TestDatabase } from "../support/test-database.ts";

describe("a SQLite handle without foreign keys", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createSqliteDatabase();
  });
  afterAll(() => database.drop());

  it("D4-46 sqlite-fk-off: is refused with what to do, and nothing of the handle is changed", async () => {
    const host = new Database(database.name);
    host.pragma("foreign_keys = OFF");
    await expect(createAuth({ database: host })).rejects.toMatchObject({
      code: "configuration_invalid",
      message: expect.stringContaining("foreign_keys = ON"),
    });
    expect(host.pragma("foreign_keys", { simple: true })).toBe(0);
    expect(host.prepare("select name from sqlite_master").all()).toEqual([]);

    host.pragma("foreign_keys = ON");
    const auth = await createAuth({ database: host, password: { hasher: cheapHasher } });
    const { user } = await auth.signUp(newCredentials());
    await auth.users.delete(user.id);
    expect(host.prepare("select 1 from wispy_sessions").all()).toEqual([]);
    await auth.close();
    host.close();
  });

  it("D4-46 sqlite-fk-off: cannot come of a URL, where the handle is ours", async () => {
    const auth = await createAuth<Database.Database>({ database: database.url });
    expect(auth.database.native.pragma("foreign_keys", { simple: true })).toBe(1);
    await auth.close();
  });
});
