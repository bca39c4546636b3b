import { boolean, integer, json, nullable, table, text, timestamp, uuid } from "../../module.ts";

/** Codes that bring somebody in. A code without an owner belonged to a user who is gone. */
export const referralCodes = table("referral_codes", {
  id: uuid,
  program: text,
  ownerId: nullable(uuid),
  /** As it is shown. */
  code: text,
  /** As it is compared: see `normaliseCode`. */
  codeKey: text,
  custom: boolean,
  /** `null`: as often as anybody likes. */
  maxUses: nullable(integer),
  uses: integer,
  pausedAt: nullable(timestamp),
  deactivatedAt: nullable(timestamp),
  expiresAt: nullable(timestamp),
  createdAt: timestamp,
  updatedAt: timestamp,
});

/** Who brought whom: one row for each user who came by a code, as long as either is there. */
export const referrals = table("referrals", {
  id: uuid,
  program: text,
  codeId: uuid,
  referrerId: nullable(uuid),
  refereeId: nullable(uuid),
  /** `pending` until it qualifies; `rejected` by a person. */
  state: text,
  /** Why its rewards are held: an array of `ReferralSignal`. Empty when nothing looks odd. */
  signals: json,
  createdAt: timestamp,
  qualifiedAt: nullable(timestamp),
});

/** What a referral earns, one row for each side. `state` and `amount` are what its ledger entries add up to. */
export const referralRewards = table("referral_rewards", {
  id: uuid,
  referralId: uuid,
  program: text,
  /** `referrer` or `referee`. */
  role: text,
  /** `null` once the user is gone; the amounts stay. */
  beneficiaryId: nullable(uuid),
  unit: text,
  amount: integer,
  state: text,
  /** When the holding period ends; `null` until the referral qualifies. */
  availableAt: nullable(timestamp),
  createdAt: timestamp,
  updatedAt: timestamp,
});

/** The ledger: one row for each change of a reward's state, never changed and never removed. */
export const referralEntries = table("referral_entries", {
  id: uuid,
  rewardId: uuid,
  /** 1, 2, 3, ... within a reward: an entry written twice is refused. */
  number: integer,
  fromState: nullable(text),
  toState: text,
  amount: integer,
  reason: nullable(text),
  occurredAt: timestamp,
});

/** Sums of rewards by state, kept with every entry: what a user has in one unit. */
export const referralBalances = table("referral_balances", {
  userId: uuid,
  unit: text,
  pending: integer,
  held: integer,
  approved: integer,
  fulfilled: integer,
  reversed: integer,
  rejected: integer,
});

/** A user within a program: counters for stats and caps, and what the leaderboard may show. */
export const referralMembers = table("referral_members", {
  program: text,
  userId: uuid,
  /** Shown on the leaderboard, if the user said so. */
  displayName: nullable(text),
  listed: boolean,
  referrals: integer,
  qualified: integer,
  /** Rewards as a referrer that were made and not rejected or reversed: what caps count. */
  rewards: integer,
});

/**
 * Counters by day. `owner` is a user's id, or stands for everybody together: `program-open` for what was counted lately,
 * spread so that nobody waits, and `program` for what clean-up has folded of it.
 */
export const referralDays = table("referral_days", {
  program: text,
  owner: text,
  /** UTC, `2026-11-24`; of open rows `2026-11-24/<shard>`, and `total-days` of all folded days. */
  day: text,
  referrals: integer,
  qualified: integer,
});

export const referralTables = [
  referralCodes,
  referrals,
  referralRewards,
  referralEntries,
  referralBalances,
  referralMembers,
  referralDays,
].map((one) => one.info);
