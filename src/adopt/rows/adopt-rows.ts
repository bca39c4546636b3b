import type { RowAdoption } from "../../contract/adoption.ts";
import type { Module } from "../../contract/module.ts";
import type { LedgerEntry } from "../../schema/catalogue.ts";
import type { Adoption } from "../adoption.ts";
import type { AdoptFinding } from "../finding.ts";
import type { OldTables } from "../old/old-tables.ts";
import { carryRows } from "./carry-rows.ts";
import type { RowJudge } from "./judge-rows.ts";
import type { RowCounts } from "./row-tally.ts";
import { findSharedRows, surveyRows } from "./survey-rows.ts";

/** What became of the rows that modules take over. */
export interface RowsReport {
  readonly rows: readonly RowCounts[];
  readonly findings: readonly AdoptFinding[];
}

/** What of the old tables can be taken over now: by modules whose own tables are there. */
export function findRowAdoptions(
  modules: readonly Module[],
  { old, applied }: { readonly old: OldTables; readonly applied: readonly LedgerEntry[] },
): readonly RowAdoption[] {
  const isThere = ({ name, migrations = [] }: Module): boolean =>
    migrations.every(({ number }) =>
      applied.some((entry) => entry.module === name && entry.number === number),
    );
  const columnsOf = ({ columns }: RowAdoption): string[] => [
    "id",
    ...Object.values(columns).map(({ column }) => column),
  ];
  return modules
    .filter(isThere)
    .flatMap(({ adoption = [] }) => adoption)
    .filter((adoption) => old.hasColumns(adoption.table, columnsOf(adoption)));
}

/** Reads and writes nothing. `accounts`: what will be adopted, by the old id. */
export async function lookAtRows(
  adoption: Adoption,
  { adoptions, accounts }: { readonly adoptions: readonly RowAdoption[]; readonly accounts: Planned },
): Promise<RowsReport> {
  const planned = new Map<string, Planned>([["users", accounts]]);
  const rows: RowCounts[] = [];
  const findings: AdoptFinding[] = [];
  for (const one of adoptions) {
    const survey = await surveyRows(adoption, await judgeFor(adoption, { adoption: one, planned }));
    planned.set(one.table, survey.planned);
    rows.push(survey.tally.counts);
    findings.push(...survey.tally.findings);
  }
  return { rows, findings };
}

/** Takes over what is not here yet. */
export async function takeRows(adoption: Adoption, adoptions: readonly RowAdoption[]): Promise<RowsReport> {
  const rows: RowCounts[] = [];
  const findings: AdoptFinding[] = [];
  for (const one of adoptions) {
    const judge = await judgeFor(adoption, { adoption: one, planned: new Map() });
    const tally = await carryRows(adoption, judge);
    rows.push(tally.counts);
    findings.push(...tally.findings);
  }
  return { rows, findings };
}

type Planned = ReadonlyMap<number, string>;

async function judgeFor(adoption: Adoption, parts: Omit<RowJudge, "shared">): Promise<RowJudge> {
  const shared = await findSharedRows(adoption, { ...parts, shared: new Map() });
  return { ...parts, shared };
}
