import { testDriver } from "./support/test-driver.ts";

testDriver("@libsql/client");
testDriver("@libsql/client in memory");
