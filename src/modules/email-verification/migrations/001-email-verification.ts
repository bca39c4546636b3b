import type { Migration } from "../../../module.ts";

/** What was mailed to be confirmed. */
export const createEmailVerification: Migration = {
  number: 1,
  name: "email-verification",
  postgres: [
    `create table {email_verifications} (
  link_hash bytea not null,
  user_id uuid not null,
  purpose text not null,
  email text not null,
  canonical text not null,
  sealed_code text,
  code_expires_at timestamptz,
  attempts integer not null,
  sent integer not null,
  challenge_hash bytea,
  challenge_expires_at timestamptz,
  method text,
  passed jsonb not null,
  session_id uuid,
  spent_at timestamptz,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint {constraint:email_verifications_pkey} primary key (link_hash)
)`,
    `create index {index:email_verifications_user} on {email_verifications} (user_id)`,
    `create index {index:email_verifications_address} on {email_verifications} (canonical, created_at)`,
    `create index {index:email_verifications_challenge} on {email_verifications} (challenge_hash)`,
    `create index {index:email_verifications_expires} on {email_verifications} (expires_at)`,
  ],
  sqlite: [
    `create table {email_verifications} (
  link_hash blob primary key not null,
  user_id text not null,
  purpose text not null,
  email text not null,
  canonical text not null,
  sealed_code text,
  code_expires_at integer,
  attempts integer not null,
  sent integer not null,
  challenge_hash blob,
  challenge_expires_at integer,
  method text,
  passed text not null,
  session_id text,
  spent_at integer,
  created_at integer not null,
  expires_at integer not null
)`,
    `create index {index:email_verifications_user} on {email_verifications} (user_id)`,
    `create index {index:email_verifications_address} on {email_verifications} (canonical, created_at)`,
    `create index {index:email_verifications_challenge} on {email_verifications} (challenge_hash)`,
    `create index {index:email_verifications_expires} on {email_verifications} (expires_at)`,
  ],
};
