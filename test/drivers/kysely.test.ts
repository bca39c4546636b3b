import { queryBuilderTests } from "./support/query-builder-tests.ts";
import { testDriver } from "./support/test-driver.ts";

for (const name of ["Kysely on PostgreSQL", "Kysely on SQLite"]) {
  testDriver(name);
  queryBuilderTests(name);
}
