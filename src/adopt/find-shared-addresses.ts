import { readEmailAddress } from "../core/input/email-address.ts";
import type { Adoption } from "./adoption.ts";
import { readPages } from "./read-pages.ts";

/**
 * The old accounts, not yet adopted, whose address is another's too once both are made canonical: each with the
 * others. The old column is unique by spelling alone. Holds every address of the old tables for its time.
 */
export async function findSharedAddresses(adoption: Adoption): Promise<Map<number, readonly number[]>> {
  const first = new Map<string, number>();
  const groups = new Map<string, number[]>();
  for await (const page of readPages(adoption, {})) {
    for (const { id, email } of page) {
      const canonical = readEmailAddress(email)?.canonical;
      if (canonical === undefined) continue;
      const known = first.get(canonical);
      if (known === undefined) first.set(canonical, id);
      else groups.set(canonical, [...(groups.get(canonical) ?? [known]), id]);
    }
  }
  const shared = [...groups.values()].flatMap((group) =>
    group.map((id) => [id, group.filter((other) => other !== id)] as const),
  );
  return new Map(shared);
}
