import { testDriver } from "./support/test-driver.ts";

testDriver("PGlite");
