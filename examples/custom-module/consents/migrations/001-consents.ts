import type { Migration } from "wispy-auth/module";

/**
 * Once it is released it never changes: its checksum is in the ledger of every database it was applied to. No foreign
 * key to the users: a record outlives its user, without the name.
 */
export const createConsents: Migration = {
  number: 1,
  name: "consents",
  postgres: [
    `create table {consent_records} (
  id uuid not null,
  user_id uuid,
  document text not null,
  number integer not null,
  version text not null,
  accepted boolean not null,
  occurred_at timestamptz not null,
  ip_address text,
  forgotten_at timestamptz,
  constraint {constraint:consent_records_pkey} primary key (id)
)`,
    "create unique index {index:consent_records_user_id} on {consent_records} (user_id, document, number)",
    "create index {index:consent_records_forgotten_at} on {consent_records} (forgotten_at) where forgotten_at is not null",
  ],
  sqlite: [
    `create table {consent_records} (
  id text not null,
  user_id text,
  document text not null,
  number integer not null,
  version text not null,
  accepted integer not null,
  occurred_at integer not null,
  ip_address text,
  forgotten_at integer,
  constraint {constraint:consent_records_pkey} primary key (id)
) strict`,
    "create unique index {index:consent_records_user_id} on {consent_records} (user_id, document, number)",
    "create index {index:consent_records_forgotten_at} on {consent_records} (forgotten_at) where forgotten_at is not null",
  ],
};
