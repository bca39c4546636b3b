export { databaseConformance } from "./database-conformance.ts";
export type { DatabaseConformanceOptions } from "./database-conformance.ts";
export { runSteps, runStepsAtOnce } from "./host-database.ts";
export type { HostDatabase, HostRow, HostTransaction, TransactionSteps } from "./host-database.ts";
export { moduleConformance } from "./module-conformance.ts";
export type { ModuleConformanceOptions } from "./module-conformance.ts";
export type { AuthWith, HeldUpCaller, ModuleSamples, SampleCaller, SampleRequest } from "./module-samples.ts";
export type { TestRunner } from "./test-runner.ts";
