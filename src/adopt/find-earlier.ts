import type { Adoption } from "./adoption.ts";
import { describeFinding, type AdoptFinding } from "./finding.ts";
import { readPages } from "./read-pages.ts";

/** What was adopted by an earlier run, and what of it has changed in the old tables since. */
export interface Earlier {
  readonly count: number;
  readonly changed: readonly AdoptFinding[];
}

export async function findEarlier(adoption: Adoption): Promise<Earlier> {
  let count = 0;
  const changed: AdoptFinding[] = [];
  for await (const page of readPages(adoption, { withMapped: true })) {
    for (const { id, adoptedAs, updatedAt, oldUpdatedAt } of page) {
      if (adoptedAs === null) continue;
      count += 1;
      const hasChanged = updatedAt !== null && oldUpdatedAt !== null && updatedAt > oldUpdatedAt;
      if (hasChanged) changed.push(describeFinding("changed_since", { oldId: id, userId: adoptedAs }));
    }
  }
  return { count, changed };
}
