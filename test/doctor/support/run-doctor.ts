import { expect } from "vitest";
import type { Finding } from "wispy-auth/doctor";
import type { Cli } from "../../cli/support/build-cli.ts";

/** The document that `--json` prints. */
export interface DoctorReport {
  readonly command: string;
  readonly exitCode: number;
  readonly findings: readonly Finding[];
  readonly summary: Readonly<Record<string, number>>;
}

/** What `wispy-auth doctor --json` says of a database. */
export async function readReport(cli: Cli, url: string, args: readonly string[] = []): Promise<DoctorReport> {
  const { stdout, stderr, code } = await cli.run(["doctor", "--database", url, "--json", ...args]);
  expect(stderr).toBe("");
  const report = JSON.parse(stdout) as DoctorReport;
  expect(report.exitCode).toBe(code);
  return report;
}
