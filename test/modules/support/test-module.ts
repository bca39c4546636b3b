import { afterAll, beforeAll, describe, inject, it } from "vitest";
import type { Module } from "wispy-auth/module";
import { moduleConformance, type ModuleConformanceOptions } from "wispy-auth/testing";
import { driverHandle } from "../../support/driver-handles.ts";
import {
  createPostgresDatabase,
  createSqliteDatabase,
  type TestDatabase,
} from "../../support/test-database.ts";

type Given<M extends Module> = Pick<ModuleConformanceOptions<M>, "name" | "create" | "others" | "samples">;

/** Runs the conformance suite over a module, on both databases. */
export function testModule<M extends Module>(given: Given<M>): void {
  describe.each(["pg.Pool", "better-sqlite3"])("the conformance suite on %s", (driver) => {
    const databases: TestDatabase[] = [];
    afterAll(async () => {
      for (const database of databases) await database.drop();
    });
    moduleConformance({
      ...given,
      async open() {
        const handle = driverHandle(driver);
        const database = await (handle.dialect === "postgres"
          ? createPostgresDatabase({ server: inject("postgres") })
          : createSqliteDatabase());
        databases.push(database);
        return handle.open(handle.dialect === "postgres" ? database.url : database.name);
      },
      test: { describe, it, beforeAll, afterAll },
    });
  });
}
