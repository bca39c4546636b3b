import type { Database } from "../../database/database.ts";
import type { OldTables } from "./old-tables.ts";

/** What the old tables hold, adopted or not. */
export interface OldCounts {
  readonly users: number;
  readonly identities: number;
  readonly secondFactors: number;
  readonly usernames: number;
  readonly avatars: number;
  readonly sessions: number;
  readonly oauthStates: number;
  readonly referralCodes: number;
  readonly referralRelationships: number;
}

/** One count after the other, each a statement that is soon done. What modules take over, by table, does not wait. */
export async function countOldRows(
  database: Database,
  { old, taken }: { readonly old: OldTables; readonly taken: ReadonlySet<string> },
): Promise<OldCounts> {
  const count = async (table: string, condition = ""): Promise<number> => {
    const [row] = await database.query(`select count(*) from ${old.table(table)} ${condition}`);
    return Number(row![0]);
  };
  const waiting = (table: string): Promise<number> | number =>
    old.hasReferrals && !taken.has(table) ? count(table) : 0;
  const users = (condition: string): Promise<number> => count("users", `where ${condition}`);
  return {
    users: await count("users"),
    identities: await users("coalesce(provider, '') not in ('', 'email')"),
    secondFactors: await count("user_security", "where two_factor_enabled"),
    usernames: await users("username <> ''"),
    avatars: await users("avatar_url <> ''"),
    sessions: await count("sessions"),
    oauthStates: await count("oauth_states"),
    referralCodes: await waiting("referral_codes"),
    referralRelationships: await waiting("referral_relationships"),
  };
}
