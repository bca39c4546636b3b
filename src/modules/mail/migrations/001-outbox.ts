import type { Migration } from "../../../module.ts";

/**
 * The outbox. What a mail says and to whom is sealed, and gone once it is delivered; who may find out what is in a row is
 * whoever has the application's secret. Partial indexes: a table of delivered mails costs those that wait nothing.
 */
export const createOutbox: Migration = {
  number: 1,
  name: "outbox",
  postgres: [
    `create table {mails} (
  id uuid not null,
  key_hash bytea not null,
  template text not null,
  sealed text,
  state text not null,
  attempts integer not null,
  claim uuid,
  reason text,
  due_at timestamptz not null,
  expires_at timestamptz,
  created_at timestamptz not null,
  finished_at timestamptz,
  constraint {constraint:mails_pkey} primary key (id),
  constraint {constraint:mails_state_check} check (state in ('pending', 'delivered', 'expired', 'dead'))
) with (fillfactor = 85)`,
    `create unique index {index:mails_key_hash} on {mails} (key_hash)`,
    `create index {index:mails_due_at} on {mails} (due_at) where state = 'pending'`,
    `create index {index:mails_dead} on {mails} (id) where state = 'dead'`,
    `create index {index:mails_finished_at} on {mails} (finished_at) where finished_at is not null`,
  ],
  sqlite: [
    `create table {mails} (
  id text not null primary key,
  key_hash blob not null,
  template text not null,
  sealed text,
  state text not null check (state in ('pending', 'delivered', 'expired', 'dead')),
  attempts integer not null,
  claim text,
  reason text,
  due_at integer not null,
  expires_at integer,
  created_at integer not null,
  finished_at integer
)`,
    `create unique index {index:mails_key_hash} on {mails} (key_hash)`,
    `create index {index:mails_due_at} on {mails} (due_at) where state = 'pending'`,
    `create index {index:mails_dead} on {mails} (id) where state = 'dead'`,
    `create index {index:mails_finished_at} on {mails} (finished_at) where finished_at is not null`,
  ],
};
