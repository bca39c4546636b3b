import {
  aliased,
  boolean,
  byDialect,
  expression,
  insertInto,
  integer,
  json,
  nullable,
  sql,
  statement,
  text,
  type Fragment,
  type SqlNode,
  uuid,
} from "../../module.ts";
import { referralDays } from "./referral-tables.ts";

const d = aliased(referralDays, "d");
const o = aliased(referralDays, "o");

const addUp = sql`on conflict ("owner", "program", "day") do update set
  "referrals" = ${d.referrals} + excluded."referrals", "qualified" = ${d.qualified} + excluded."qualified"`;

/** Counts for one day. */
export const addToDay = statement({
  id: "referrals.add_to_day",
  params: { program: text, owner: text, day: text, referrals: integer, qualified: integer },
  sql: (p) => sql`${insertInto(d, p)} ${addUp}`,
});

const isBeyond = (limit: SqlNode): Fragment => sql`${referralDays.referrals} > ${limit}`;

interface Oddities {
  readonly sameAddress: SqlNode;
  readonly sameDevice: SqlNode;
  readonly limit: SqlNode;
}

/** Texts for what looks odd, those that apply one behind the other without a comma before the first. */
function eachOf(
  p: Oddities,
  texts: { readonly [K in "address" | "device" | "velocity"]: Fragment },
): Fragment {
  const when = (condition: SqlNode, text: Fragment): Fragment =>
    sql`case when ${condition} then ',' || ${text} else '' end`;
  return sql`substr(${when(p.sameAddress, texts.address)} || ${when(p.sameDevice, texts.device)}
    || ${when(isBeyond(p.limit), texts.velocity)}, 2)`;
}

const quoted = { address: sql`'"same_address"'`, device: sql`'"same_device"'`, velocity: sql`'"velocity"'` };
const spaced = { address: sql`' same_address'`, device: sql`' same_device'`, velocity: sql`' velocity'` };
const described = {
  address: sql`'{"kind":"same_address"}'`,
  device: sql`'{"kind":"same_device"}'`,
  velocity: sql`'{"kind":"velocity","referralsToday":' || ${referralDays.referrals} || '}'`,
};

const asJson = (text: Fragment): Fragment =>
  sql`${byDialect({ postgres: sql`(${text})::jsonb`, sqlite: sql`json(${text})` })}`;

/**
 * Counts a referral for whoever brought it in, and decides by it what becomes of its rewards: `limit` are as many as need
 * no review, of one referrer and program in a day. The row is held from here on, so of any number at once exactly those
 * beyond the limit find themselves there. What it is told of the code, it passes on.
 */
export const countForReferrer = statement({
  id: "referrals.count_for_referrer",
  params: {
    program: text,
    codeId: uuid,
    ownerId: uuid,
    /** The same as it stands in the table. */
    owner: text,
    day: text,
    qualified: integer,
    limit: integer,
    sameAddress: boolean,
    sameDevice: boolean,
    /** What rewards begin in that need no review. */
    open: text,
    referralId: text,
  },
  row: (p) => ({
    codeId: expression(uuid, sql`${p.codeId}`),
    ownerId: expression(uuid, sql`${p.ownerId}`),
    state: expression(
      text,
      sql`case when ${p.sameAddress} or ${p.sameDevice} or ${isBeyond(p.limit)} then 'held' else ${p.open} end`,
    ),
    reason: expression(nullable(text), sql`nullif(trim(${eachOf(p, spaced)}), '')`),
    signals: expression(json, asJson(sql`'[' || ${eachOf(p, described)} || ']'`)),
    event: expression(
      json,
      sql`${byDialect({ postgres: sql`jsonb_build_object`, sqlite: sql`json_object` })}('referralId', ${p.referralId},
        'program', ${p.program}, 'signals', ${asJson(sql`'[' || ${eachOf(p, quoted)} || ']'`)})`,
    ),
  }),
  sql: ({ program, owner, day, qualified }, row) =>
    sql`${insertInto(d, { program, owner, day, referrals: sql`1`, qualified })} ${addUp} returning ${row}`,
});

const openDayName = sql`substr(${o.day}, 1, 10)`;

/**
 * What everybody together brought in: the folded days from one on with all of them together, which are a row each, and
 * what is open of each day, however old, added up.
 */
export const listProgramDays = statement({
  id: "referrals.list_program_days",
  hot: true,
  params: { program: text, owner: text, openOwner: text, since: text },
  row: {
    open: expression(boolean, sql`${byDialect({ postgres: sql`false`, sqlite: sql`0` })}`),
    day: d.day,
    referrals: d.referrals,
    qualified: d.qualified,
  },
  sql: (p, row) =>
    sql`select ${row} from ${d} where ${d.owner} = ${p.owner} and ${d.program} = ${p.program} and ${d.day} >= ${p.since}
      union all select ${byDialect({ postgres: sql`true`, sqlite: sql`1` })}, ${openDayName}, sum(${o.referrals}), sum(${o.qualified})
        from ${o} where ${o.owner} = ${p.openOwner} and ${o.program} = ${p.program} group by ${openDayName}`,
});

/** Takes open rows of days before one away, with what they counted. Of several callers each takes rows of its own. */
export const takeOpenDays = statement({
  id: "referrals.take_open_days",
  params: { owner: text, before: text, limit: integer },
  row: {
    program: referralDays.program,
    day: referralDays.day,
    referrals: referralDays.referrals,
    qualified: referralDays.qualified,
  },
  sql: (p, row) =>
    sql`delete from ${referralDays} where ${referralDays.owner} = ${p.owner} and (${referralDays.program}, ${referralDays.day}) in (
      select ${o.program}, ${o.day} from ${o} where ${o.owner} = ${p.owner} and ${o.day} < ${p.before}
      order by ${o.program}, ${o.day} limit ${p.limit}${byDialect({ postgres: sql` for update skip locked`, sqlite: sql`` })})
      returning ${row}`,
});

/** Adds to any number of days, no day twice: `program`, `day`, `referrals` and `qualified` of each, in the order given. */
export const addToDays = statement({
  id: "referrals.add_to_days",
  params: { owner: text, counts: json },
  sql: (p) =>
    sql`insert into ${d} ("program", "owner", "day", "referrals", "qualified") ${byDialect({
      postgres: sql`select "c"."program", ${p.owner}, "c"."day", "c"."referrals", "c"."qualified"
        from jsonb_to_recordset(${p.counts}) as "c" ("program" text, "day" text, "referrals" integer, "qualified" integer)`,
      // Without a WHERE, SQLite would read "on conflict" as a join's.
      sqlite: sql`select value ->> 'program', ${p.owner}, value ->> 'day', value ->> 'referrals', value ->> 'qualified'
        from json_each(${p.counts}) where true`,
    })} ${addUp}`,
});

export const deleteDays = statement({
  id: "referrals.delete_days",
  params: { owner: text },
  sql: (p) => sql`delete from ${referralDays} where ${referralDays.owner} = ${p.owner}`,
});
