import type { AdoptedRow, RowAdoption } from "../../contract/adoption.ts";
import type { AdoptFinding, ModuleFindingKind } from "../finding.ts";
import type { OldReference, OldRow } from "../old/old-rows.ts";
import { timeOrderedId } from "../time-ordered-id.ts";

/** What becomes of an old row of a module's. */
export type RowVerdict =
  | {
      readonly kind: "ready";
      readonly oldId: number;
      readonly identity: string | null;
      readonly adopted: AdoptedRow;
    }
  /** What it refers to is held back. */
  | { readonly kind: "waiting" }
  /** What it refers to is gone from the old tables, and would have taken the row with it. */
  | { readonly kind: "orphan" }
  | { readonly kind: "listed"; readonly finding: AdoptFinding };

export interface RowJudge {
  readonly adoption: RowAdoption;
  /** In a dry run, what the accounts and rows will be adopted as that are not yet; by table and old id. */
  readonly planned: ReadonlyMap<string, ReadonlyMap<number, string>>;
  /** The old rows that share their identity with others, by id. */
  readonly shared: ReadonlyMap<number, readonly number[]>;
}

/** Decides by the row alone; whether its identity is taken, only the insert can tell. `present`: users that are here. */
export function judgeRow(old: OldRow, present: ReadonlySet<string>, judge: RowJudge): RowVerdict {
  const { adoption, shared } = judge;
  const row: Record<string, unknown> = { ...old.values };
  for (const [key, reference] of Object.entries(old.references)) {
    const target = adoption.columns[key]!;
    const planned = judge.planned.get(target.as === "row" ? target.table : "users");
    const id = reference.here ?? planned?.get(reference.oldId ?? Number.NaN) ?? null;
    if (id === null) return { kind: reference.exists ? "waiting" : "orphan" };
    const isGone = target.as === "user" && reference.here !== null && !present.has(id);
    row[key] = isGone ? null : id;
  }
  const judged = adoption.judge(row as never);
  if ("finding" in judged) return listed(old.id, { adoption, kind: judged.finding });
  const otherOldIds = shared.get(old.id);
  if (otherOldIds !== undefined) return listed(old.id, { adoption, kind: adoption.shared, otherOldIds });
  const id = timeOrderedId({ at: judged.madeAt, number: old.id, seed: [adoption.table, old.id] });
  return {
    kind: "ready",
    oldId: old.id,
    identity: judged.identity,
    adopted: { id, row: row as AdoptedRow["row"] },
  };
}

/** A row that does not come over, in words. */
export function listed(
  oldId: number,
  {
    adoption,
    kind,
    otherOldIds = [],
  }: { readonly adoption: RowAdoption; readonly kind: string; readonly otherOldIds?: readonly number[] },
): RowVerdict {
  const { table, findings } = adoption;
  const text = findings[kind]!;
  return {
    kind: "listed",
    finding: { kind: kind as ModuleFindingKind, table, oldId, userId: null, otherOldIds, ...text },
  };
}

/** The users of ours that rows refer to. */
export function usersOf(rows: readonly OldRow[], { columns }: RowAdoption): readonly string[] {
  const here = ([key, { here: id }]: [string, OldReference]): string[] =>
    columns[key]!.as === "user" && id !== null ? [id] : [];
  return [...new Set(rows.flatMap(({ references }) => Object.entries(references).flatMap(here)))];
}
