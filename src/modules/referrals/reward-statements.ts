import {
  aliased,
  byDialect,
  expression,
  insertInto,
  integer,
  json,
  nullable,
  sql,
  statement,
  text,
  timestamp,
  uuid,
  type Fragment,
} from "../../module.ts";
import { referralBalances, referralEntries, referralRewards, referrals } from "./referral-tables.ts";

const b = aliased(referralBalances, "b");

export const insertReferral = statement({
  id: "referrals.insert_referral",
  params: {
    id: uuid,
    program: text,
    codeId: uuid,
    referrerId: nullable(uuid),
    refereeId: nullable(uuid),
    state: text,
    signals: json,
    createdAt: timestamp,
    qualifiedAt: nullable(timestamp),
  },
  sql: (p) => insertInto(referrals, p),
});

export const insertReward = statement({
  id: "referrals.insert_reward",
  params: {
    id: uuid,
    referralId: uuid,
    program: text,
    role: text,
    beneficiaryId: nullable(uuid),
    unit: text,
    amount: integer,
    state: text,
    availableAt: nullable(timestamp),
    createdAt: timestamp,
    updatedAt: timestamp,
  },
  sql: (p) => insertInto(referralRewards, p),
});

/** The first entry of a reward, with what the reward began as. */
export const insertFirstEntry = statement({
  id: "referrals.insert_first_entry",
  params: {
    id: uuid,
    rewardId: uuid,
    toState: text,
    amount: integer,
    reason: nullable(text),
    occurredAt: timestamp,
  },
  sql: (p) => insertInto(referralEntries, { ...p, number: sql`1` }),
});

export const insertEntry = statement({
  id: "referrals.insert_entry",
  params: {
    id: uuid,
    rewardId: uuid,
    number: integer,
    fromState: nullable(text),
    toState: text,
    amount: integer,
    reason: nullable(text),
    occurredAt: timestamp,
  },
  sql: (p) => insertInto(referralEntries, p),
});

const addUp = sql`on conflict ("user_id", "unit") do update set
  "pending" = ${b.pending} + excluded."pending", "held" = ${b.held} + excluded."held",
  "approved" = ${b.approved} + excluded."approved", "fulfilled" = ${b.fulfilled} + excluded."fulfilled",
  "reversed" = ${b.reversed} + excluded."reversed", "rejected" = ${b.rejected} + excluded."rejected"`;

/** Adds a new reward to the sums of whom it is for. */
export const addReward = statement({
  id: "referrals.add_reward",
  params: { userId: uuid, unit: text, state: text, amount: integer },
  sql: ({ userId, unit, state, amount }) => {
    const of = (name: Fragment) => sql`case when ${state} = ${name} then ${amount} else 0 end`;
    const begins = { pending: of(sql`'pending'`), held: of(sql`'held'`), approved: of(sql`'approved'`) };
    const none = { fulfilled: sql`0`, reversed: sql`0`, rejected: sql`0` };
    return sql`${insertInto(b, { userId, unit, ...begins, ...none })} ${addUp}`;
  },
});

/** Adds to the sums of a user in one unit; what is taken away is negative. */
export const addToBalance = statement({
  id: "referrals.add_to_balance",
  params: {
    userId: uuid,
    unit: text,
    pending: integer,
    held: integer,
    approved: integer,
    fulfilled: integer,
    reversed: integer,
    rejected: integer,
  },
  sql: (p) => sql`${insertInto(b, p)} ${addUp}`,
});

const w = aliased(referralRewards, "w");
const r = aliased(referrals, "r");
const e = aliased(referralEntries, "e");

export const rewardColumns = {
  id: w.id,
  referralId: w.referralId,
  program: w.program,
  role: w.role,
  beneficiaryId: w.beneficiaryId,
  amount: w.amount,
  unit: w.unit,
  state: w.state,
  availableAt: w.availableAt,
  createdAt: w.createdAt,
};

/** Holds a reward until the transaction ends. What it has become is for the next statement to see. */
export const holdReward = statement({
  id: "referrals.hold_reward",
  params: { id: uuid },
  row: { id: w.id },
  sql: (p, row) =>
    sql`select ${row} from ${w} where ${w.id} = ${p.id}${byDialect({ postgres: sql` for update`, sqlite: sql`` })}`,
});

/** A reward that is held, with the number of its last entry and whether its referral counts. */
export const findHeldReward = statement({
  id: "referrals.find_held_reward",
  params: { id: uuid },
  row: {
    ...rewardColumns,
    referrerId: r.referrerId,
    qualifiedAt: r.qualifiedAt,
    entries: expression(integer, sql`(select max(${e.number}) from ${e} where ${e.rewardId} = ${w.id})`),
  },
  sql: (p, row) =>
    sql`select ${row} from ${w} join ${r} on ${r.id} = ${w.referralId} where ${w.id} = ${p.id}`,
});

export const setRewardState = statement({
  id: "referrals.set_reward_state",
  params: { id: uuid, state: text, availableAt: nullable(timestamp), updatedAt: timestamp },
  sql: (p) =>
    sql`update ${referralRewards} set "state" = ${p.state}, "available_at" = ${p.availableAt}, "updated_at" = ${p.updatedAt}
      where ${referralRewards.id} = ${p.id}`,
});

/** Both sides of a referral, held before anything that a change of theirs adds to. */
export const holdRewardsOfReferral = statement({
  id: "referrals.hold_rewards_of_referral",
  params: { referralId: uuid },
  row: { id: w.id },
  sql: (p, row) =>
    sql`select ${row} from ${w} where ${w.referralId} = ${p.referralId} order by ${w.role}${byDialect({ postgres: sql` for update`, sqlite: sql`` })}`,
});

const listed = {
  id: w.id,
  program: w.program,
  role: w.role,
  amount: w.amount,
  unit: w.unit,
  state: w.state,
  availableAt: w.availableAt,
  createdAt: w.createdAt,
};

export const listRewardsOfUser = statement({
  id: "referrals.list_rewards",
  hot: true,
  params: { userId: uuid, before: uuid, limit: integer },
  row: listed,
  sql: (p, row) =>
    sql`select ${row} from ${w} where ${w.beneficiaryId} = ${p.userId} and ${w.id} < ${p.before} order by ${w.id} desc limit ${p.limit}`,
});

export const listHeldRewards = statement({
  id: "referrals.list_held_rewards",
  params: { after: uuid, limit: integer },
  row: {
    ...listed,
    beneficiaryId: w.beneficiaryId,
    referrerId: r.referrerId,
    refereeId: r.refereeId,
    signals: r.signals,
  },
  sql: (p, row) =>
    sql`select ${row} from ${w} join ${r} on ${r.id} = ${w.referralId}
      where ${w.state} = 'held' and ${w.id} > ${p.after} order by ${w.id} limit ${p.limit}`,
});

/** Rewards whose holding period is over, the longest first. */
export const listDueRewards = statement({
  id: "referrals.list_due_rewards",
  params: { now: timestamp, limit: integer },
  row: { id: w.id },
  sql: (p, row) =>
    sql`select ${row} from ${w} where ${w.state} = 'pending' and ${w.availableAt} is not null and ${w.availableAt} <= ${p.now}
      order by ${w.availableAt} limit ${p.limit}`,
});

export const listBalances = statement({
  id: "referrals.list_balances",
  hot: true,
  params: { userId: uuid },
  row: {
    unit: referralBalances.unit,
    pending: referralBalances.pending,
    held: referralBalances.held,
    approved: referralBalances.approved,
    fulfilled: referralBalances.fulfilled,
    reversed: referralBalances.reversed,
    rejected: referralBalances.rejected,
  },
  sql: (p, row) =>
    sql`select ${row} from ${referralBalances} where ${referralBalances.userId} = ${p.userId} order by ${referralBalances.unit}`,
});

export const forgetBeneficiary = statement({
  id: "referrals.forget_beneficiary",
  params: { userId: uuid },
  sql: (p) =>
    sql`update ${referralRewards} set "beneficiary_id" = null where ${referralRewards.beneficiaryId} = ${p.userId}`,
});

export const deleteBalances = statement({
  id: "referrals.delete_balances",
  params: { userId: uuid },
  sql: (p) => sql`delete from ${referralBalances} where ${referralBalances.userId} = ${p.userId}`,
});
