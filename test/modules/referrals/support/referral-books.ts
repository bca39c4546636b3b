import type { SuiteContext } from "../../../support/for-each-database.ts";
import type { HostRow } from "../../../support/test-host.ts";

/** Where the books are. */
type Books = Pick<SuiteContext, "dialect" | "host" | "table">;

export interface BooksOptions {
  /** The program with a cap, and how many rewards of one referrer it allows. */
  readonly capped: string;
  readonly cap: number;
  readonly maxCodesPerUser: number;
}

const states = ["pending", "held", "approved", "fulfilled", "reversed", "rejected"];
const counts = "('pending', 'held', 'approved', 'fulfilled')";

/** What must hold of the referral tables at any moment, each as the rows that break it: there are none, by name. */
export async function brokenRules(
  ctx: Books,
  options: BooksOptions,
): Promise<Readonly<Record<string, readonly HostRow[]>>> {
  const broken: Record<string, readonly HostRow[]> = {};
  const rules = { ...ledgerRules(ctx), ...counterRules(ctx), ...limitRules(ctx, options), ...nameRules(ctx) };
  for (const [rule, text] of Object.entries(rules)) {
    const rows = await ctx.host.query(text);
    if (rows.length > 0) broken[rule] = rows.slice(0, 5);
  }
  return broken;
}

function ledgerRules(ctx: Books): Record<string, string> {
  const [rewards, entries] = [ctx.table("referral_rewards"), ctx.table("referral_entries")];
  const kept = states.map(
    (state) =>
      `select user_id, unit, '${state}' as state, ${state} as amount from ${ctx.table("referral_balances")}`,
  );
  const moved = (state: string, amount: string) =>
    `select w.beneficiary_id, w.unit, ${state}, ${amount} from ${entries} e join ${rewards} w on w.id = e.reward_id
      where w.beneficiary_id is not null and ${state} is not null`;
  return {
    "balances are the sums of the entries": `select user_id, unit, state, sum(amount) as off from (
      ${[...kept, moved("e.to_state", "-e.amount"), moved("e.from_state", "e.amount")].join(" union all ")}
    ) sums group by user_id, unit, state having sum(amount) <> 0`,
    "a reward is in the state of its last entry": `select w.id, w.state from ${rewards} w where not exists (
      select 1 from ${entries} e where e.reward_id = w.id and e.to_state = w.state and e.number =
        (select max(f.number) from ${entries} f where f.reward_id = w.id))`,
    "entries are numbered without gaps": `select reward_id from ${entries} group by reward_id
      having min(number) <> 1 or max(number) <> count(*) or count(distinct number) <> count(*)`,
    "an entry begins where the one before ended": `select e.reward_id, e.number from ${entries} e
      left join ${entries} b on b.reward_id = e.reward_id and b.number = e.number - 1
      where coalesce(e.from_state, '') <> coalesce(b.to_state, '')`,
    "nothing follows a reversal or a rejection": `select reward_id, number from ${entries}
      where from_state in ('reversed', 'rejected')`,
    "every entry moves the whole amount": `select e.id from ${entries} e left join ${rewards} w on w.id = e.reward_id
      where w.id is null or w.amount <> e.amount`,
  };
}

function counterRules(ctx: Books): Record<string, string> {
  const [referrals, rewards] = [ctx.table("referrals"), ctx.table("referral_rewards")];
  const [members, days] = [ctx.table("referral_members"), ctx.table("referral_days")];
  const dayOf = (column: string) =>
    ctx.dialect === "postgres"
      ? `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD')`
      : `strftime('%Y-%m-%d', ${column} / 1000, 'unixepoch')`;
  const daily = (owner: string, kept: string) => `select program, owner, day from (
      select program, ${kept} as owner, substr(day, 1, 10) as day, referrals, qualified from ${days}
        where owner ${kept === "owner" ? "not in" : "in"} ('program', 'program-open') and day <> 'total-days'
      union all select program, ${owner}, ${dayOf("created_at")}, -1, 0 from ${referrals} where ${owner} is not null
      union all select program, ${owner}, ${dayOf("qualified_at")}, 0, -1 from ${referrals}
        where ${owner} is not null and state = 'qualified'
    ) days group by program, owner, day having sum(referrals) <> 0 or sum(qualified) <> 0`;
  const ofMember = (condition: string) =>
    `(select count(*) from ${referrals} r where r.program = m.program and r.referrer_id = m.user_id and ${condition})`;
  return {
    "a program's total is the sum of its folded days": `select program from (
      select program, referrals, qualified from ${days} where owner = 'program' and day <> 'total-days'
      union all select program, -referrals, -qualified from ${days} where owner = 'program' and day = 'total-days'
    ) days group by program having sum(referrals) <> 0 or sum(qualified) <> 0`,
    "a program's folded days are a row each": `select day from ${days} where owner = 'program' and day like '%/%'`,
    "a member's counters are its rows": `select m.program, m.user_id from ${members} m
      where m.referrals <> ${ofMember("1 = 1")} or m.qualified <> ${ofMember("r.state = 'qualified'")}
        or m.rewards <> (select count(*) from ${rewards} w where w.program = m.program and w.role = 'referrer'
          and w.beneficiary_id = m.user_id and w.state in ${counts})`,
    "every referrer is a member": `select r.id from ${referrals} r where r.referrer_id is not null and not exists
      (select 1 from ${members} m where m.program = r.program and m.user_id = r.referrer_id)`,
    "a program's days are its referrals": daily("'all'", "'all'"),
    "a referrer's days are the referrer's referrals": daily("cast(referrer_id as text)", "owner"),
    "a code was used as often as it brought somebody": `select c.id from ${ctx.table("referral_codes")} c
      where c.uses <> (select count(*) from ${referrals} r where r.code_id = c.id)`,
  };
}

function limitRules(ctx: Books, { capped, cap, maxCodesPerUser }: BooksOptions): Record<string, string> {
  const [referrals, rewards] = [ctx.table("referrals"), ctx.table("referral_rewards")];
  return {
    "a referral has one reward for each side": `select referral_id, role from ${rewards}
      group by referral_id, role having count(*) > 1`,
    "a user came by one referral": `select referee_id from ${referrals} where referee_id is not null
      group by referee_id having count(*) > 1`,
    "nobody refers themselves": `select id from ${referrals} where referrer_id = referee_id`,
    "a rejected referral is worth nothing that was not paid": `select w.id, w.state from ${rewards} w
      join ${referrals} r on r.id = w.referral_id
      where r.state = 'rejected' and w.state in ('pending', 'held', 'approved')`,
    "a cap holds": `select beneficiary_id from ${rewards} where program = '${capped}' and role = 'referrer'
      and beneficiary_id is not null and state in ${counts}
      group by beneficiary_id having count(*) > ${String(cap)}`,
    "nobody has more codes than allowed": `select owner_id from ${ctx.table("referral_codes")}
      where owner_id is not null and deactivated_at is null
      group by owner_id having count(*) > ${String(maxCodesPerUser)}`,
  };
}

/** Columns that name users. */
const names: readonly (readonly [table: string, column: string])[] = [
  ["referral_codes", "owner_id"],
  ["referrals", "referrer_id"],
  ["referrals", "referee_id"],
  ["referral_rewards", "beneficiary_id"],
  ["referral_balances", "user_id"],
  ["referral_members", "user_id"],
  ["referral_days", "owner"],
];

function nameRules(ctx: Books): Record<string, string> {
  const named = names.map(
    ([table, column]) =>
      `select '${table}.${column}' as place, cast(${column} as text) as id from ${ctx.table(table)} where ${column} is not null`,
  );
  return {
    "nobody is named who is gone": `select place, id from (${named.join(" union all ")}) named
      where id not in ('program', 'program-open') and not exists
        (select 1 from ${ctx.table("users")} u where cast(u.id as text) = named.id)`,
  };
}
