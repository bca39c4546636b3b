import { testDriver } from "./support/test-driver.ts";

testDriver("pg.Pool");
testDriver("pg.Client");
