import {
  aliased,
  boolean,
  byDialect,
  expression,
  guard,
  insertInto,
  integer,
  nullable,
  sql,
  statement,
  text,
  uuid,
} from "../../module.ts";
import { referralMembers } from "./referral-tables.ts";

const m = aliased(referralMembers, "m");
const unlisted = sql`${byDialect({ postgres: sql`false`, sqlite: sql`0` })}`;

/** Counts for a user within a program; the row is made with the first one. */
export const addToMember = statement({
  id: "referrals.add_to_member",
  params: {
    program: text,
    userId: uuid,
    referrals: integer,
    qualified: integer,
    rewards: integer,
  },
  sql: (p) =>
    sql`${insertInto(m, { ...p, listed: unlisted })} on conflict ("program", "user_id") do update set
      "referrals" = ${m.referrals} + excluded."referrals", "qualified" = ${m.qualified} + excluded."qualified",
      "rewards" = ${m.rewards} + excluded."rewards"`,
});

/** Takes one of the rewards that a cap allows. Returns nothing once it is reached: the one statement that decides. */
export const takeCap = statement({
  id: "referrals.take_cap",
  hot: true,
  params: { program: text, userId: uuid, cap: integer },
  row: { userId: referralMembers.userId },
  sql: (p, row) =>
    sql`update ${referralMembers} set "rewards" = "rewards" + 1
      where ${referralMembers.program} = ${p.program} and ${referralMembers.userId} = ${p.userId}
        and ${referralMembers.rewards} < ${p.cap} returning ${row}`,
});

export const releaseCap = statement({
  id: "referrals.release_cap",
  params: { program: text, userId: uuid },
  sql: (p) =>
    sql`update ${referralMembers} set "rewards" = "rewards" - 1
      where ${referralMembers.program} = ${p.program} and ${referralMembers.userId} = ${p.userId}${guard}`,
});

const memberColumns = {
  referrals: referralMembers.referrals,
  qualified: referralMembers.qualified,
  displayName: referralMembers.displayName,
  listed: referralMembers.listed,
};

export const findMember = statement({
  id: "referrals.find_member",
  params: { program: text, userId: uuid },
  row: memberColumns,
  sql: (p, row) =>
    sql`select ${row} from ${referralMembers} where ${referralMembers.program} = ${p.program} and ${referralMembers.userId} = ${p.userId}`,
});

/** As the partial index says it, so that it is used. */
const isListed = byDialect({ postgres: sql`${m.listed}`, sqlite: sql`${m.listed} = 1` });

/** What those who are listed chose to be called, the most successful first. */
export const listLeaders = statement({
  id: "referrals.list_leaders",
  hot: true,
  params: { program: text, limit: integer },
  row: { displayName: expression(text, sql`${m.displayName}`), qualified: m.qualified },
  sql: (p, row) =>
    sql`select ${row} from ${m} where ${m.program} = ${p.program} and ${isListed} and ${m.displayName} is not null and ${m.qualified} > 0
      order by ${m.qualified} desc, ${m.userId} limit ${p.limit}`,
});

export const setProfile = statement({
  id: "referrals.set_profile",
  params: {
    program: text,
    userId: uuid,
    displayName: nullable(text),
    listed: boolean,
    referrals: integer,
    qualified: integer,
    rewards: integer,
  },
  sql: (p) =>
    sql`${insertInto(m, p)} on conflict ("program", "user_id") do update set
      "display_name" = excluded."display_name", "listed" = excluded."listed"`,
});

/** In every program, those included that were taken out of the options. */
export const deleteMember = statement({
  id: "referrals.delete_member",
  params: { userId: uuid },
  sql: (p) => sql`delete from ${referralMembers} where ${referralMembers.userId} = ${p.userId}`,
});
