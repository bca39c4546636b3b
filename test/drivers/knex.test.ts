import { queryBuilderTests } from "./support/query-builder-tests.ts";
import { testDriver } from "./support/test-driver.ts";

for (const name of ["Knex on PostgreSQL", "Knex on SQLite"]) {
  testDriver(name);
  queryBuilderTests(name);
}
