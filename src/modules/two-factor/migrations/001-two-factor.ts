import type { Migration } from "../../../module.ts";

/** Factors, recovery codes, challenges, wrong codes and trusted devices. */
export const createTwoFactor: Migration = {
  number: 1,
  name: "two-factor",
  postgres: [
    `create table {two_factor_factors} (
  user_id uuid not null,
  kind text not null,
  sealed_secret text,
  confirmed_at timestamptz,
  last_step bigint,
  created_at timestamptz not null,
  constraint {constraint:two_factor_factors_pkey} primary key (user_id, kind)
)`,
    `create table {two_factor_recovery_codes} (
  code_hash bytea not null,
  user_id uuid not null,
  created_at timestamptz not null,
  constraint {constraint:two_factor_recovery_codes_pkey} primary key (code_hash)
)`,
    `create index {index:two_factor_recovery_codes_user} on {two_factor_recovery_codes} (user_id)`,
    `create table {two_factor_challenges} (
  token_hash bytea not null,
  user_id uuid not null,
  method text not null,
  passed jsonb not null,
  failures integer not null,
  sealed_email_code text,
  email_code_expires_at timestamptz,
  email_codes_sent integer not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint {constraint:two_factor_challenges_pkey} primary key (token_hash)
)`,
    `create index {index:two_factor_challenges_user} on {two_factor_challenges} (user_id)`,
    `create index {index:two_factor_challenges_expires} on {two_factor_challenges} (expires_at)`,
    `create table {two_factor_attempts} (
  user_id uuid not null,
  failures integer not null,
  last_failed_at timestamptz not null,
  locked_until timestamptz,
  constraint {constraint:two_factor_attempts_pkey} primary key (user_id)
)`,
    `create table {two_factor_trusted_devices} (
  device_id uuid not null,
  user_id uuid not null,
  created_at timestamptz not null,
  trusted_until timestamptz not null,
  constraint {constraint:two_factor_trusted_devices_pkey} primary key (device_id)
)`,
    `create index {index:two_factor_trusted_devices_user} on {two_factor_trusted_devices} (user_id)`,
    `create index {index:two_factor_trusted_until} on {two_factor_trusted_devices} (trusted_until)`,
  ],
  sqlite: [
    `create table {two_factor_factors} (
  user_id text not null,
  kind text not null,
  sealed_secret text,
  confirmed_at integer,
  last_step integer,
  created_at integer not null,
  primary key (user_id, kind)
)`,
    `create table {two_factor_recovery_codes} (
  code_hash blob primary key not null,
  user_id text not null,
  created_at integer not null
)`,
    `create index {index:two_factor_recovery_codes_user} on {two_factor_recovery_codes} (user_id)`,
    `create table {two_factor_challenges} (
  token_hash blob primary key not null,
  user_id text not null,
  method text not null,
  passed text not null,
  failures integer not null,
  sealed_email_code text,
  email_code_expires_at integer,
  email_codes_sent integer not null,
  created_at integer not null,
  expires_at integer not null
)`,
    `create index {index:two_factor_challenges_user} on {two_factor_challenges} (user_id)`,
    `create index {index:two_factor_challenges_expires} on {two_factor_challenges} (expires_at)`,
    `create table {two_factor_attempts} (
  user_id text primary key not null,
  failures integer not null,
  last_failed_at integer not null,
  locked_until integer
)`,
    `create table {two_factor_trusted_devices} (
  device_id text primary key not null,
  user_id text not null,
  created_at integer not null,
  trusted_until integer not null
)`,
    `create index {index:two_factor_trusted_devices_user} on {two_factor_trusted_devices} (user_id)`,
    `create index {index:two_factor_trusted_until} on {two_factor_trusted_devices} (trusted_until)`,
  ],
};
