import { testDriver } from "./support/test-driver.ts";

testDriver("Knex on PostgreSQL");
testDriver("Knex on SQLite");
