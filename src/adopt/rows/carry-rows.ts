import type { TransactionScript } from "../../database/script.ts";
import type { Adoption } from "../adoption.ts";
import { holdSource, holdUsers, insertAdoptedRows } from "../adopt-statements.ts";
import { oldRowsQuery, readOldRow } from "../old/old-rows.ts";
import { belowAllIds } from "../old/old-users.ts";
import { judgeRow, listed, usersOf, type RowJudge, type RowVerdict } from "./judge-rows.ts";
import type { RowTally } from "./row-tally.ts";
import { startTally } from "./survey-rows.ts";

interface Batch {
  readonly verdicts: readonly RowVerdict[];
  /** `null` when there are no more. */
  readonly last: number | null;
}

/** Takes a module's rows over, a transaction for each batch, with what says which row became which. */
export async function carryRows(adoption: Adoption, judge: RowJudge): Promise<RowTally> {
  const tally = await startTally(adoption, judge);
  for (let after: number | null = belowAllIds; after !== null;) {
    const batch: Batch = await adoption.database.transaction(batchScript(adoption, { judge, after }));
    tally.add(batch.verdicts);
    adoption.onProgress({ phase: "rows", rows: tally.rows });
    after = batch.last;
  }
  return tally;
}

function batchScript(
  { old, mapping, rowMapping, batchSize, clock }: Adoption,
  { judge, after }: { readonly judge: RowJudge; readonly after: number },
): TransactionScript<Batch> {
  const { table, columns } = judge.adoption;
  const query = oldRowsQuery(old, { table, columns, mapping, rowMapping, after, limit: batchSize });
  const now = clock.now();
  return function* (tx) {
    yield* tx.one(holdSource, { source: old.source });
    const rows = (yield* tx.raw(query.text, query.values)).map((row) => readOldRow(row, { old, columns }));
    // Held: nobody is removed between the look and the rows that name them.
    const users = yield* tx.many(holdUsers, { ids: usersOf(rows, judge.adoption) });
    const present = new Set(users.map(({ id }) => id));
    const judged = rows.map((row) => judgeRow(row, present, judge));
    const ready = judged.flatMap((verdict) => (verdict.kind === "ready" ? verdict : []));
    const adopted = ready.map((verdict) => verdict.adopted);
    const written = new Set(yield* judge.adoption.write(adopted, now)(tx));
    const entries = ready
      .filter((verdict) => written.has(verdict.adopted.id))
      .map((verdict) => ({ oldId: verdict.oldId, rowId: verdict.adopted.id }));
    if (entries.length > 0) {
      const source = old.sourceOf(table);
      yield* tx.run(insertAdoptedRows, { entries, source, adoptedAt: now });
    }
    return {
      verdicts: judged.map((verdict) => afterWrite(verdict, { judge, written })),
      last: rows.length < batchSize ? null : rows.at(-1)!.id,
    };
  };
}

function afterWrite(
  verdict: RowVerdict,
  { judge: { adoption }, written }: { readonly judge: RowJudge; readonly written: ReadonlySet<string> },
): RowVerdict {
  if (verdict.kind !== "ready" || written.has(verdict.adopted.id)) return verdict;
  return listed(verdict.oldId, { adoption, kind: adoption.taken });
}
