import type { Finding, Severity } from "../doctor/check.ts";
import { plural } from "../doctor/plural.ts";
import { redact } from "./redact.ts";
import type { Style, Terminal } from "./terminal.ts";

const styles: Record<Severity, Style> = { error: "red", warning: "yellow", info: "dim", ok: "green" };
const told = ["error", "warning", "info"] as const;

/** What is wrong first, each with its mending; then what could not be looked at, and the count of what is fine. */
export function printFindings(
  findings: readonly Finding[],
  { terminal, verbose }: { readonly terminal: Terminal; readonly verbose: boolean },
): void {
  const looked = findings.filter((finding) => reasonOf(finding) === null);
  for (const severity of told) {
    for (const finding of looked.filter((one) => one.severity === severity)) print(finding, terminal);
  }
  printUnchecked(findings, terminal);
  const fine = looked.filter(({ severity }) => severity === "ok");
  if (verbose) for (const finding of fine) print(finding, terminal);
  terminal.print("");
  terminal.print(summarise(looked, terminal));
}

function print({ check, severity, message, fix }: Finding, terminal: Terminal): void {
  terminal.print("");
  terminal.print(`${terminal.style(styles[severity], severity)}  ${check}`);
  terminal.print(`  ${redact(message)}`);
  if (fix !== undefined) terminal.print(`  ${terminal.style("dim", "fix:")} ${fix}`);
}

function reasonOf({ data }: Finding): string | null {
  const reason = data?.["unchecked"];
  return typeof reason === "string" ? reason : null;
}

const namedAtMost = 6;

function printUnchecked(findings: readonly Finding[], terminal: Terminal): void {
  const groups = [...groupUnchecked(findings)];
  if (groups.length === 0) return;
  terminal.print("");
  terminal.print(terminal.style("dim", "not checked"));
  for (const [reason, checks] of groups) {
    const named = checks.length > namedAtMost ? `${String(checks.length)} others` : checks.join(", ");
    terminal.print(`  ${named}: ${redact(reason)}`);
  }
}

/** One cause often stands behind several checks. */
function groupUnchecked(findings: readonly Finding[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const finding of findings) {
    const reason = reasonOf(finding);
    if (reason !== null) groups.set(reason, [...(groups.get(reason) ?? []), finding.check]);
  }
  return groups;
}

function summarise(findings: readonly Finding[], terminal: Terminal): string {
  const count = (severity: Severity): number => findings.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [count("error"), count("warning")];
  const fine = `${plural(count("ok"), "check")} fine`;
  if (errors + warnings === 0) return `${terminal.style("green", "Nothing is wrong")}: ${fine}`;
  const wrong = [
    ...(errors > 0 ? [terminal.style("red", plural(errors, "error"))] : []),
    ...(warnings > 0 ? [terminal.style("yellow", plural(warnings, "warning"))] : []),
  ];
  return `${wrong.join(", ")}; ${fine}`;
}
