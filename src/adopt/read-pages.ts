import type { Adoption } from "./adoption.ts";
import { belowAllIds, oldUsersQuery, readOldUser, type OldUser } from "./old/old-users.ts";

const pageSize = 1000;

/** All old accounts in order of their ids, a statement for each page. */
export async function* readPages(
  { database, old, mapping }: Adoption,
  { withMapped = false }: { readonly withMapped?: boolean },
): AsyncGenerator<readonly OldUser[]> {
  for (let after = belowAllIds; ;) {
    const { text, values } = oldUsersQuery(old, { mapping, after, limit: pageSize, withMapped });
    const page = (await database.query(text, values)).map((row) => readOldUser(row, old));
    if (page.length > 0) yield page;
    if (page.length < pageSize) return;
    after = page.at(-1)!.id;
  }
}
