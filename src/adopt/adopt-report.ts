import type { EventCounts } from "./carry-events.ts";
import type { AdoptFinding } from "./finding.ts";
import type { OldCounts } from "./old/old-counts.ts";
import type { RowCounts } from "./rows/row-tally.ts";
import type { AccountCounts } from "./tally.ts";

/** What a run has done, or would do. */
export interface AdoptReport {
  /** Whether anything was written. */
  readonly applied: boolean;
  /** The old users table, as the mapping names it: `public.users`. */
  readonly source: string;
  readonly accounts: AccountCounts & {
    /** In the old tables. */
    readonly found: number;
    /** By earlier runs. */
    readonly adoptedBefore: number;
  };
  readonly events: EventCounts;
  /** What modules take over, one for each of their tables: none without a module, or before its tables are there. */
  readonly rows: readonly RowCounts[];
  /** What stays in the old tables until there is something here that can take it. Nothing of it is lost meanwhile. */
  readonly waiting: {
    /** For the referrals module: give it to `adopt`, and migrate it first. 0 once `rows` tells of them. */
    readonly referralCodes: number;
    readonly referralRelationships: number;
    /** Accounts at Google and the like, for the OAuth module. */
    readonly identities: number;
    /** For the two-factor module. */
    readonly secondFactors: number;
    readonly usernames: number;
    readonly avatars: number;
  };
  /** What is not taken over by intent: users sign in again. */
  readonly notTaken: { readonly sessions: number; readonly oauthStates: number };
  /** One by one: who was held back, and who came with less than they had. */
  readonly findings: readonly AdoptFinding[];
}

export function composeReport({
  counts,
  ...parts
}: Pick<AdoptReport, "applied" | "source" | "rows" | "events" | "findings"> & {
  readonly counts: OldCounts;
  readonly accounts: AccountCounts;
  readonly adoptedBefore: number;
}): AdoptReport {
  const { users, sessions, oauthStates, ...waiting } = counts;
  const { adoptedBefore, accounts, ...rest } = parts;
  return {
    ...rest,
    accounts: { found: users, adoptedBefore, ...accounts },
    waiting,
    notTaken: { sessions, oauthStates },
  };
}
