export { checkIds } from "./check.ts";
export type { CheckId, Finding, Severity } from "./check.ts";
export { diagnose } from "./diagnose.ts";
export type { DiagnoseOptions } from "./diagnose.ts";
