import type { Migration } from "../../../module.ts";

export const createOAuth: Migration = {
  number: 1,
  name: "oauth",
  postgres: [
    `create table {oauth_identities} (
  id uuid not null,
  user_id uuid not null,
  provider text not null,
  subject text not null,
  email text,
  email_verified boolean not null,
  sealed_tokens text,
  created_at timestamptz not null,
  constraint {constraint:oauth_identities_pkey} primary key (id)
)`,
    `create unique index {index:oauth_identities_subject} on {oauth_identities} (provider, subject)`,
    `create index {index:oauth_identities_user_id} on {oauth_identities} (user_id)`,
    `create table {oauth_states} (
  state_hash bytea not null,
  browser_hash bytea not null,
  provider text not null,
  sealed text not null,
  expires_at timestamptz not null,
  constraint {constraint:oauth_states_pkey} primary key (state_hash)
)`,
    `create index {index:oauth_states_expires_at} on {oauth_states} (expires_at)`,
  ],
  sqlite: [
    `create table {oauth_identities} (
  id text not null primary key,
  user_id text not null,
  provider text not null,
  subject text not null,
  email text,
  email_verified integer not null,
  sealed_tokens text,
  created_at integer not null
)`,
    `create unique index {index:oauth_identities_subject} on {oauth_identities} (provider, subject)`,
    `create index {index:oauth_identities_user_id} on {oauth_identities} (user_id)`,
    `create table {oauth_states} (
  state_hash blob not null primary key,
  browser_hash blob not null,
  provider text not null,
  sealed text not null,
  expires_at integer not null
)`,
    `create index {index:oauth_states_expires_at} on {oauth_states} (expires_at)`,
  ],
};
