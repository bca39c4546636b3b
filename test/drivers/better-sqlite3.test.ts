import { testDriver } from "./support/test-driver.ts";

testDriver("better-sqlite3");
