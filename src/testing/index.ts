export { databaseConformance } from "./database-conformance.ts";
export type { DatabaseConformanceOptions } from "./database-conformance.ts";
export { runSteps, runStepsAtOnce } from "./host-database.ts";
export type { HostDatabase, HostRow, HostTransaction, TransactionSteps } from "./host-database.ts";
export type { TestRunner } from "./test-runner.ts";
