import { testDriver } from "./support/test-driver.ts";

testDriver("Kysely on PostgreSQL");
testDriver("Kysely on SQLite");
