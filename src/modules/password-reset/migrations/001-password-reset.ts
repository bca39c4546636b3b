import type { Migration } from "../../../module.ts";

/** The links that are on their way. */
export const createPasswordReset: Migration = {
  number: 1,
  name: "password-reset",
  postgres: [
    `create table {password_resets} (
  user_id uuid not null,
  token_hash bytea not null,
  email text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint {constraint:password_resets_pkey} primary key (user_id)
)`,
    `create unique index {index:password_resets_token_hash} on {password_resets} (token_hash)`,
    `create index {index:password_resets_expires_at} on {password_resets} (expires_at)`,
  ],
  sqlite: [
    `create table {password_resets} (
  user_id text primary key not null,
  token_hash blob not null,
  email text not null,
  created_at integer not null,
  expires_at integer not null
)`,
    `create unique index {index:password_resets_token_hash} on {password_resets} (token_hash)`,
    `create index {index:password_resets_expires_at} on {password_resets} (expires_at)`,
  ],
};
