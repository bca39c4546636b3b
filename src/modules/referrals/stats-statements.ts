import { aliased, expression, integer, nullable, sql, statement, text, uuid } from "../../module.ts";
import { referralBalances, referralDays, referralMembers } from "./referral-tables.ts";

const b = aliased(referralBalances, "b");
const d = aliased(referralDays, "d");
const m = aliased(referralMembers, "m");

const nothing = expression(integer, sql`0`);

/**
 * All that a user's stats are made of, in one round trip: the days from one on, all days together (`allDays`), and the
 * balances, of which a row has the unit. Each part is found by its primary key.
 */
export const listStats = statement({
  id: "referrals.list_stats",
  hot: true,
  params: { program: text, owner: text, userId: uuid, since: text },
  row: {
    unit: expression(nullable(text), sql`null`),
    day: expression(nullable(text), sql`${d.day}`),
    referrals: d.referrals,
    qualified: d.qualified,
    pending: nothing,
    held: nothing,
    approved: nothing,
    fulfilled: nothing,
    reversed: nothing,
    rejected: nothing,
  },
  sql: (p, row) =>
    sql`select ${row} from ${d} where ${d.owner} = ${p.owner} and ${d.program} = ${p.program} and ${d.day} >= ${p.since}
      union all select null, 'total-days', ${m.referrals}, ${m.qualified}, 0, 0, 0, 0, 0, 0 from ${m}
        where ${m.userId} = ${p.userId} and ${m.program} = ${p.program}
      union all select ${b.unit}, null, 0, 0, ${b.pending}, ${b.held}, ${b.approved}, ${b.fulfilled}, ${b.reversed}, ${b.rejected}
        from ${b} where ${b.userId} = ${p.userId}`,
});
