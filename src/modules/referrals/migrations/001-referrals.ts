import type { Migration } from "../../../module.ts";

/**
 * Codes, referrals, the reward ledger and the counters.
 *
 * No foreign key to users: what a user earned stays when the user goes, under no name. Counters change no indexed
 * column but the leaderboard's, and that one is indexed only for members who chose to be listed.
 */
export const createReferrals: Migration = {
  number: 1,
  name: "referrals",
  postgres: [
    `create table {referral_codes} (
  id uuid not null,
  program text not null,
  owner_id uuid,
  code text not null,
  code_key text not null,
  custom boolean not null,
  max_uses integer,
  uses integer not null,
  paused_at timestamptz,
  deactivated_at timestamptz,
  expires_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint {constraint:referral_codes_pkey} primary key (id),
  constraint {constraint:referral_codes_uses_check} check (uses >= 0 and (max_uses is null or uses <= max_uses))
) with (fillfactor = 85)`,
    `create unique index {index:referral_codes_code_key} on {referral_codes} (code_key)`,
    `create index {index:referral_codes_owner_id} on {referral_codes} (owner_id)`,
    `create table {referrals} (
  id uuid not null,
  program text not null,
  code_id uuid not null,
  referrer_id uuid,
  referee_id uuid,
  state text not null,
  signals jsonb not null,
  created_at timestamptz not null,
  qualified_at timestamptz,
  constraint {constraint:referrals_pkey} primary key (id),
  constraint {constraint:referrals_state_check} check (state in ('pending', 'qualified', 'rejected'))
)`,
    `create unique index {index:referrals_referee_id} on {referrals} (referee_id)`,
    `create index {index:referrals_referrer_id} on {referrals} (referrer_id, id)`,
    `create table {referral_rewards} (
  id uuid not null,
  referral_id uuid not null,
  program text not null,
  role text not null,
  beneficiary_id uuid,
  unit text not null,
  amount integer not null,
  state text not null,
  available_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint {constraint:referral_rewards_pkey} primary key (id),
  constraint {constraint:referral_rewards_role_check} check (role in ('referrer', 'referee')),
  constraint {constraint:referral_rewards_amount_check} check (amount > 0),
  constraint {constraint:referral_rewards_state_check} check (state in ('pending', 'held', 'approved', 'fulfilled', 'reversed', 'rejected'))
)`,
    `create unique index {index:referral_rewards_side} on {referral_rewards} (referral_id, role)`,
    `create index {index:referral_rewards_beneficiary_id} on {referral_rewards} (beneficiary_id, id)`,
    `create index {index:referral_rewards_available_at} on {referral_rewards} (available_at) where state = 'pending' and available_at is not null`,
    `create index {index:referral_rewards_held} on {referral_rewards} (id) where state = 'held'`,
    `create table {referral_entries} (
  id uuid not null,
  reward_id uuid not null,
  number integer not null,
  from_state text,
  to_state text not null,
  amount integer not null,
  reason text,
  occurred_at timestamptz not null,
  constraint {constraint:referral_entries_pkey} primary key (id)
)`,
    `create unique index {index:referral_entries_number} on {referral_entries} (reward_id, number)`,
    `create table {referral_balances} (
  user_id uuid not null,
  unit text not null,
  pending bigint not null,
  held bigint not null,
  approved bigint not null,
  fulfilled bigint not null,
  reversed bigint not null,
  rejected bigint not null,
  constraint {constraint:referral_balances_pkey} primary key (user_id, unit)
) with (fillfactor = 70)`,
    `create table {referral_members} (
  program text not null,
  user_id uuid not null,
  display_name text,
  listed boolean not null,
  referrals integer not null,
  qualified integer not null,
  rewards integer not null,
  constraint {constraint:referral_members_pkey} primary key (user_id, program)
) with (fillfactor = 70)`,
    `create index {index:referral_members_leaderboard} on {referral_members} (program, qualified desc, user_id) where listed`,
    `create table {referral_days} (
  program text not null,
  owner text not null,
  day text not null,
  referrals integer not null,
  qualified integer not null,
  constraint {constraint:referral_days_pkey} primary key (owner, program, day)
) with (fillfactor = 70)`,
  ],
  sqlite: [
    `create table {referral_codes} (
  id text not null primary key,
  program text not null,
  owner_id text,
  code text not null,
  code_key text not null,
  custom integer not null,
  max_uses integer,
  uses integer not null,
  paused_at integer,
  deactivated_at integer,
  expires_at integer,
  created_at integer not null,
  updated_at integer not null,
  check (uses >= 0 and (max_uses is null or uses <= max_uses))
)`,
    `create unique index {index:referral_codes_code_key} on {referral_codes} (code_key)`,
    `create index {index:referral_codes_owner_id} on {referral_codes} (owner_id)`,
    `create table {referrals} (
  id text not null primary key,
  program text not null,
  code_id text not null,
  referrer_id text,
  referee_id text,
  state text not null check (state in ('pending', 'qualified', 'rejected')),
  signals text not null,
  created_at integer not null,
  qualified_at integer
)`,
    `create unique index {index:referrals_referee_id} on {referrals} (referee_id)`,
    `create index {index:referrals_referrer_id} on {referrals} (referrer_id, id)`,
    `create table {referral_rewards} (
  id text not null primary key,
  referral_id text not null,
  program text not null,
  role text not null check (role in ('referrer', 'referee')),
  beneficiary_id text,
  unit text not null,
  amount integer not null check (amount > 0),
  state text not null check (state in ('pending', 'held', 'approved', 'fulfilled', 'reversed', 'rejected')),
  available_at integer,
  created_at integer not null,
  updated_at integer not null
)`,
    `create unique index {index:referral_rewards_side} on {referral_rewards} (referral_id, role)`,
    `create index {index:referral_rewards_beneficiary_id} on {referral_rewards} (beneficiary_id, id)`,
    `create index {index:referral_rewards_available_at} on {referral_rewards} (available_at) where state = 'pending' and available_at is not null`,
    `create index {index:referral_rewards_held} on {referral_rewards} (id) where state = 'held'`,
    `create table {referral_entries} (
  id text not null primary key,
  reward_id text not null,
  number integer not null,
  from_state text,
  to_state text not null,
  amount integer not null,
  reason text,
  occurred_at integer not null
)`,
    `create unique index {index:referral_entries_number} on {referral_entries} (reward_id, number)`,
    `create table {referral_balances} (
  user_id text not null,
  unit text not null,
  pending integer not null,
  held integer not null,
  approved integer not null,
  fulfilled integer not null,
  reversed integer not null,
  rejected integer not null,
  primary key (user_id, unit)
)`,
    `create table {referral_members} (
  program text not null,
  user_id text not null,
  display_name text,
  listed integer not null,
  referrals integer not null,
  qualified integer not null,
  rewards integer not null,
  primary key (user_id, program)
)`,
    `create index {index:referral_members_leaderboard} on {referral_members} (program, qualified desc, user_id) where listed = 1`,
    `create table {referral_days} (
  program text not null,
  owner text not null,
  day text not null,
  referrals integer not null,
  qualified integer not null,
  primary key (owner, program, day)
)`,
  ],
};
