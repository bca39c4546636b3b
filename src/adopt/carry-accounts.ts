import type { Script, Transaction, TransactionScript } from "../database/script.ts";
import { insertCredential } from "../core/credentials/credential-statements.ts";
import { recordEvent } from "../core/events/event-statements.ts";
import { unknownClient } from "../core/input/client-details.ts";
import { accountKey } from "../core/lockout/attempt-key.ts";
import { findUserByEmail } from "../core/users/user-statements.ts";
import { carryAttempts, holdSource, insertAdoptedUser, insertMapping } from "./adopt-statements.ts";
import type { Adoption } from "./adoption.ts";
import { describeFinding } from "./finding.ts";
import { judgeAccount, type Account, type Judgement, type Verdict } from "./judge-account.ts";
import { belowAllIds, oldUsersQuery, readOldUser } from "./old/old-users.ts";
import { Tally } from "./tally.ts";
import { timeOrderedId } from "./time-ordered-id.ts";

interface Batch {
  readonly verdicts: readonly Verdict[];
  /** `null` when there are no more. */
  readonly last: number | null;
}

/**
 * Adopts what is not mapped yet, a transaction for each batch: whoever is killed leaves whole accounts alone, each
 * with its row in the mapping. What stands in the old tables is read in the transaction that writes it down.
 */
export async function carryAccounts(adoption: Adoption, judgement: Judgement): Promise<Tally> {
  const tally = new Tally();
  for (let after: number | null = belowAllIds; after !== null;) {
    const batch: Batch = await adoption.database.transaction(batchScript(adoption, { judgement, after }));
    tally.add(batch.verdicts);
    adoption.onProgress({ phase: "accounts", rows: tally.rows });
    after = batch.last;
  }
  return tally;
}

function batchScript(
  { old, mapping, batchSize }: Adoption,
  { judgement, after }: { readonly judgement: Judgement; readonly after: number },
): TransactionScript<Batch> {
  const query = oldUsersQuery(old, { mapping, after, limit: batchSize });
  return function* (tx) {
    yield* tx.one(holdSource, { source: old.source });
    const rows = (yield* tx.raw(query.text, query.values)).map((row) => readOldUser(row, old));
    const verdicts: Verdict[] = [];
    for (const row of rows) {
      const verdict = judgeAccount(row, judgement);
      const { account } = verdict;
      verdicts.push(
        account === null
          ? verdict
          : yield* carry(tx, { verdict, account, source: old.source, now: judgement.now }),
      );
    }
    return { verdicts, last: rows.length < batchSize ? null : rows.at(-1)!.id };
  };
}

interface Carried {
  readonly verdict: Verdict;
  readonly account: Account;
  readonly source: string;
  readonly now: Date;
}

/** One step on PostgreSQL: all of an account, or nothing because its address is taken. */
function* carry(tx: Transaction, { verdict, account, source, now }: Carried): Script<Verdict> {
  const { user, oldId, oldUuid, oldUpdatedAt, passwordHash, attempts } = account;
  const userId = user.id;
  const { createdAt, updatedAt } = user;
  const inserted = yield* tx.chain(insertAdoptedUser.with(user), [
    insertMapping.with({ source, oldId, oldUuid, userId, adoptedAt: now, oldUpdatedAt, eventsTo: 0 }),
    ...(passwordHash === null ? [] : [insertCredential.with({ userId, passwordHash, createdAt, updatedAt })]),
    ...(attempts === null ? [] : [attemptsCall(user, attempts)]),
    recordEvent({
      id: timeOrderedId({ at: now, number: oldId, seed: ["adopted", source, oldId, userId] }),
      type: "user.created",
      userId,
      occurredAt: now,
      client: unknownClient,
      data: { adopted: true },
    }),
  ]);
  if (inserted !== null) return verdict;
  const other = yield* tx.maybeOne(findUserByEmail, { emailCanonical: user.emailCanonical });
  return {
    account: null,
    findings: [describeFinding("address_taken", { oldId, userId: other?.id ?? null })],
  };
}

function attemptsCall({ id, emailCanonical }: Account["user"], attempts: NonNullable<Account["attempts"]>) {
  const { failures, lastFailedAt, lockedUntil } = attempts;
  const key = accountKey({ canonical: emailCanonical });
  return carryAttempts.with({ key, userId: id, failures, consecutive: failures, lastFailedAt, lockedUntil });
}
