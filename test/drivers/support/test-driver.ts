import { afterAll, beforeAll, describe, inject, it } from "vitest";
import { databaseConformance } from "wispy-auth/testing";
import { driverHandle } from "../../support/driver-handles.ts";
import {
  createPostgresDatabase,
  createSqliteDatabase,
  type TestDatabase,
} from "../../support/test-database.ts";

/** Runs the conformance suite over a driver of `driver-handles.ts`. */
export function testDriver(name: string): void {
  const driver = driverHandle(name);
  const databases: TestDatabase[] = [];
  const findAddress = async (): Promise<string> => {
    if (driver.opens === "nothing") return "";
    const database = await (driver.opens === "url"
      ? createPostgresDatabase({ server: inject("postgres") })
      : createSqliteDatabase());
    databases.push(database);
    return driver.opens === "url" ? database.url : database.name;
  };
  describe("the conformance suite", () => {
    afterAll(async () => {
      for (const database of databases) await database.drop();
    });
    databaseConformance({
      name,
      open: async () => driver.open(await findAddress()),
      test: { describe, it, beforeAll, afterAll },
    });
  });
}
