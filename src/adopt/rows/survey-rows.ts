import type { Adoption } from "../adoption.ts";
import { findPresentUsers } from "../adopt-statements.ts";
import { oldRowCountsQuery, oldRowsQuery, readOldRow } from "../old/old-rows.ts";
import { belowAllIds } from "../old/old-users.ts";
import { judgeRow, listed, usersOf, type RowJudge, type RowVerdict } from "./judge-rows.ts";
import { RowTally } from "./row-tally.ts";

const pageSize = 1000;

/** What `carryRows` would do, by reading alone; and what each row would become, for the rows that refer to it. */
export async function surveyRows(
  adoption: Adoption,
  judge: RowJudge,
): Promise<{ readonly tally: RowTally; readonly planned: ReadonlyMap<number, string> }> {
  const tally = await startTally(adoption, judge);
  const planned = new Map<number, string>();
  for await (const verdicts of readVerdicts(adoption, judge)) {
    const taken = await findTakenIdentities(adoption, { judge, verdicts });
    const settled = verdicts.map((verdict) =>
      verdict.kind === "ready" && taken.has(verdict.identity)
        ? listed(verdict.oldId, { adoption: judge.adoption, kind: judge.adoption.taken })
        : verdict,
    );
    tally.add(settled);
    for (const verdict of settled)
      if (verdict.kind === "ready") planned.set(verdict.oldId, verdict.adopted.id);
    adoption.onProgress({ phase: "looking", rows: tally.rows });
  }
  return { tally, planned };
}

/**
 * The rows whose identity is another's too, each with the others. Holds every identity of the table for its time.
 */
export async function findSharedRows(
  adoption: Adoption,
  judge: RowJudge,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const groups = new Map<string, number[]>();
  for await (const verdicts of readVerdicts(adoption, judge)) {
    for (const verdict of verdicts) {
      if (verdict.kind !== "ready" || verdict.identity === null) continue;
      const group = groups.get(verdict.identity);
      if (group === undefined) groups.set(verdict.identity, [verdict.oldId]);
      else group.push(verdict.oldId);
    }
  }
  const shared = [...groups.values()]
    .filter((group) => group.length > 1)
    .flatMap((group) => group.map((id) => [id, group.filter((other) => other !== id)] as const));
  return new Map(shared);
}

/** With what the old table holds, and what earlier runs have taken of it. */
export async function startTally(
  { database, old, rowMapping }: Adoption,
  { adoption: { what, table } }: RowJudge,
): Promise<RowTally> {
  const { text, values } = oldRowCountsQuery(old, { table, rowMapping });
  const [counts] = await database.query(text, values);
  return new RowTally({ what, found: Number(counts![0]), adoptedBefore: Number(counts![1]) });
}

/** All rows that were not taken over yet, judged, a page at a time. */
async function* readVerdicts(
  { database, old, mapping, rowMapping }: Adoption,
  judge: RowJudge,
): AsyncGenerator<readonly RowVerdict[]> {
  const { table, columns } = judge.adoption;
  for (let after = belowAllIds; ;) {
    const page = { table, columns, mapping, rowMapping, after, limit: pageSize };
    const { text, values } = oldRowsQuery(old, page);
    const rows = (await database.query(text, values)).map((row) => readOldRow(row, { old, columns }));
    const users = await database.many(findPresentUsers, { ids: usersOf(rows, judge.adoption) });
    const present = new Set(users.map(({ id }) => id));
    if (rows.length > 0) yield rows.map((row) => judgeRow(row, present, judge));
    if (rows.length < pageSize) return;
    after = rows.at(-1)!.id;
  }
}

async function findTakenIdentities(
  { database }: Adoption,
  { judge, verdicts }: { readonly judge: RowJudge; readonly verdicts: readonly RowVerdict[] },
): Promise<ReadonlySet<string | null>> {
  const identities = verdicts.flatMap((verdict) =>
    verdict.kind === "ready" ? (verdict.identity ?? []) : [],
  );
  if (identities.length === 0) return new Set();
  const taken = await database.many(judge.adoption.findTaken, { identities });
  return new Set(taken.map(({ identity }) => identity));
}
