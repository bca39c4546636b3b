import { queryBuilderTests } from "./support/query-builder-tests.ts";
import { testDriver } from "./support/test-driver.ts";

testDriver("Prisma on PostgreSQL");
queryBuilderTests("Prisma on PostgreSQL");
