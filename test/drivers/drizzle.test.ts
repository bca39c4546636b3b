import Database from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { newCredentials } from "../support/create-test-auth.ts";
import { testDriver } from "./support/test-driver.ts";

testDriver("Drizzle on PostgreSQL");
testDriver("Drizzle on SQLite");

it("a Drizzle database and its transactions are told apart", async () => {
  const client = new Database(":memory:");
  const database = drizzle({ client });
  const auth = await createAuth({ database });
  expect(auth.database.native).toBe(database);
  expect(auth.database.stats().driver).toBe("better-sqlite3");
  const prepared = await auth.prepareSignUp(newCredentials());
  expect(() => auth.within(database).signUp(prepared)).toThrow(/`tx` of db.transaction/);
  const transaction = database.transaction((tx) => tx);
  await expect(createAuth({ database: transaction })).rejects.toMatchObject({ code: "unsupported_handle" });
  await auth.close();
  client.close();
});
