import { systemClock } from "../../clock.ts";
import { defaultPoolLimits } from "../../database/pool-limits.ts";
import type { CheckId, ExaminedHandle, Finding, Severity } from "../../doctor/check.ts";
import { examine } from "../../doctor/examine.ts";
import { exitCodes } from "../exit-codes.ts";
import type { OpenSchema } from "../open-schema.ts";
import type { Configuration } from "../load-configuration.ts";
import { printFindings } from "../print-findings.ts";
import type { Command } from "./command.ts";

/** Looks for what is wrong between us and the database, and changes nothing. */
export const doctor: Command = async ({ given, configuration, terminal, open }) => {
  const opened = await open();
  terminal.print(terminal.style("dim", opened.place));
  const findings = await examine(opened.database, {
    modules: opened.schema.modules,
    clock: systemClock,
    processes: given.processes ?? 1,
    longTransactionSeconds: 20,
    allowNewerSchema: configuration.allowNewerSchema,
    handle: describeHandle(opened, configuration),
  });
  printFindings(findings, { terminal, verbose: given.verbose });
  const exitCode = exitCodeOf(findings, given.strict);
  return { exitCode, json: { findings, summary: countBySeverity(findings) } };
};

/** A handle of the configuration file is made as the application's is; for a URL there is one of the command's own. */
function describeHandle({ fileMissing }: OpenSchema, { database, pool }: Configuration): ExaminedHandle {
  if (typeof database !== "string") return { kind: "application" };
  return { kind: "own", poolMax: pool?.max ?? defaultPoolLimits.max, fileMissing };
}

function countBySeverity(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const count = (severity: Severity): number => findings.filter((one) => one.severity === severity).length;
  return { error: count("error"), warning: count("warning"), info: count("info"), ok: count("ok") };
}

// As `status` and `verify` end; every other error is a failure.
const codesOfChecks: readonly (readonly [CheckId, number])[] = [
  ["migrations-newer", exitCodes.newer],
  ["migrations-pending", exitCodes.pending],
  ["migrations-edited", exitCodes.drift],
  ["drift", exitCodes.drift],
  ["constraints", exitCodes.drift],
];

function exitCodeOf(findings: readonly Finding[], strict: boolean): number {
  const errors = new Set(findings.flatMap(({ severity, check }) => (severity === "error" ? [check] : [])));
  const code = codesOfChecks.find(([check]) => errors.has(check))?.[1];
  if (code !== undefined) return code;
  const failed = errors.size > 0 || (strict && findings.some(({ severity }) => severity === "warning"));
  return failed ? exitCodes.failure : exitCodes.ok;
}
