import { afterAll, beforeAll, describe, inject, it } from "vitest";
import { databaseConformance } from "wispy-auth/testing";
import { driverHandle, type DriverHandle } from "../../support/driver-handles.ts";
import {
  createPostgresDatabase,
  createSqliteDatabase,
  type TestDatabase,
} from "../../support/test-database.ts";

/** Runs the conformance suite over a driver, or one of `driver-handles.ts` by its name. */
export function testDriver(
  given: DriverHandle | string,
  { pgbouncer = false }: { readonly pgbouncer?: boolean } = {},
): void {
  const driver = typeof given === "string" ? driverHandle(given) : given;
  const pooler = pgbouncer ? inject("pgbouncer") : null;
  const databases: TestDatabase[] = [];
  const findAddress = async (): Promise<string> => {
    if (driver.opens === "nothing") return "";
    const database = await (driver.opens === "url"
      ? createPostgresDatabase({ server: inject("postgres"), pooler })
      : createSqliteDatabase());
    databases.push(database);
    return driver.opens === "url" ? database.url : database.name;
  };
  describe.skipIf(pgbouncer && pooler === null)("the conformance suite", () => {
    afterAll(async () => {
      for (const database of databases) await database.drop();
    });
    databaseConformance({
      name: pgbouncer ? `${driver.name} through PgBouncer` : driver.name,
      open: async () => driver.open(await findAddress()),
      // PGlite may take long to open on a machine that is busy.
      test: { describe, it, beforeAll: (body) => beforeAll(body, 180_000), afterAll },
    });
  });
}
