import { testDriver } from "./support/test-driver.ts";

testDriver("Prisma on PostgreSQL");
