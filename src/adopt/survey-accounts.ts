import { findTaken } from "./adopt-statements.ts";
import type { Adoption } from "./adoption.ts";
import { describeFinding } from "./finding.ts";
import { judgeAccount, type Judgement, type Verdict } from "./judge-account.ts";
import { readPages } from "./read-pages.ts";
import { Tally } from "./tally.ts";

/** What `carryAccounts` would do, by reading alone; and what each account would become, for rows that refer to it. */
export async function surveyAccounts(
  adoption: Adoption,
  { judgement, hasOwnTables }: { readonly judgement: Judgement; readonly hasOwnTables: boolean },
): Promise<{ readonly tally: Tally; readonly planned: ReadonlyMap<number, string> }> {
  const tally = new Tally();
  const planned = new Map<number, string>();
  for await (const page of readPages(adoption, {})) {
    const judged = page.map((old) => judgeAccount(old, judgement));
    const taken = hasOwnTables ? await findTakenAddresses(adoption, judged) : new Map<string, string>();
    const settled = judged.map((verdict) => afterInsert(verdict, taken));
    tally.add(settled);
    for (const { account } of settled) if (account !== null) planned.set(account.oldId, account.user.id);
    adoption.onProgress({ phase: "looking", rows: tally.rows });
  }
  return { tally, planned };
}

/** Canonical address -> the account of ours that has it. */
async function findTakenAddresses(
  { database }: Adoption,
  verdicts: readonly Verdict[],
): Promise<ReadonlyMap<string, string>> {
  const addresses = verdicts.flatMap(({ account }) => account?.user.emailCanonical ?? []);
  const taken = await database.many(findTaken, { addresses });
  return new Map(taken.map(({ emailCanonical, id }) => [emailCanonical, id]));
}

function afterInsert(verdict: Verdict, taken: ReadonlyMap<string, string>): Verdict {
  const userId = taken.get(verdict.account?.user.emailCanonical ?? "");
  if (verdict.account === null || userId === undefined) return verdict;
  const { oldId } = verdict.account;
  return { account: null, findings: [describeFinding("address_taken", { oldId, userId })] };
}
