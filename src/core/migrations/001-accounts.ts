/**
 * Users, passwords, sessions, known devices, failed attempts and the event log.
 *
 * Few indexes on purpose. A session's refresh changes no indexed column, so that PostgreSQL updates the row in
 * place (HOT; the fill factor leaves the room). Expired rows are found by their ids, which are in time order.
 */
export const accounts = {
  number: 1,
  name: "accounts",
  postgres: [
    `create table {users} (
  id uuid not null,
  email text not null,
  email_canonical text not null,
  name text,
  email_verified_at timestamptz,
  disabled_at timestamptz,
  disabled_reason text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint {constraint:users_pkey} primary key (id)
)`,
    `create unique index {index:users_email_canonical} on {users} (email_canonical)`,
    `create table {credentials} (
  user_id uuid not null,
  password_hash text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint {constraint:credentials_pkey} primary key (user_id),
  constraint {constraint:credentials_user_id_fkey} foreign key (user_id) references {users} (id) on delete cascade
)`,
    `create table {sessions} (
  id uuid not null,
  user_id uuid not null,
  token_hash bytea not null,
  created_at timestamptz not null,
  authenticated_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  absolute_expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  constraint {constraint:sessions_pkey} primary key (id),
  constraint {constraint:sessions_user_id_fkey} foreign key (user_id) references {users} (id) on delete cascade,
  constraint {constraint:sessions_expiry_check} check (expires_at <= absolute_expires_at)
) with (fillfactor = 85)`,
    `create unique index {index:sessions_token_hash} on {sessions} (token_hash)`,
    `create index {index:sessions_user_id} on {sessions} (user_id)`,
    `create table {devices} (
  id uuid not null,
  user_id uuid not null,
  token_hash bytea not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  constraint {constraint:devices_pkey} primary key (id),
  constraint {constraint:devices_user_id_fkey} foreign key (user_id) references {users} (id) on delete cascade
)`,
    `create unique index {index:devices_token_hash} on {devices} (token_hash)`,
    `create index {index:devices_user_id} on {devices} (user_id)`,
    `create table {attempts} (
  key text not null,
  user_id uuid,
  failures integer not null,
  consecutive integer not null,
  last_failed_at timestamptz not null,
  locked_until timestamptz,
  constraint {constraint:attempts_pkey} primary key (key)
)`,
    `create index {index:attempts_last_failed_at} on {attempts} (last_failed_at)`,
    `create table {events} (
  id uuid not null,
  user_id uuid,
  type text not null,
  occurred_at timestamptz not null,
  ip_address text,
  user_agent text,
  session_id uuid,
  data jsonb not null,
  constraint {constraint:events_pkey} primary key (id)
)`,
    `create index {index:events_user_id_id} on {events} (user_id, id)`,
  ],
  sqlite: [
    `create table {users} (
  id text not null,
  email text not null,
  email_canonical text not null,
  name text,
  email_verified_at integer,
  disabled_at integer,
  disabled_reason text,
  created_at integer not null,
  updated_at integer not null,
  constraint {constraint:users_pkey} primary key (id)
) strict`,
    `create unique index {index:users_email_canonical} on {users} (email_canonical)`,
    `create table {credentials} (
  user_id text not null,
  password_hash text not null,
  created_at integer not null,
  updated_at integer not null,
  constraint {constraint:credentials_pkey} primary key (user_id),
  constraint {constraint:credentials_user_id_fkey} foreign key (user_id) references {users} (id) on delete cascade
) strict`,
    `create table {sessions} (
  id text not null,
  user_id text not null,
  token_hash blob not null,
  created_at integer not null,
  authenticated_at integer not null,
  last_seen_at integer not null,
  expires_at integer not null,
  absolute_expires_at integer not null,
  ip_address text,
  user_agent text,
  constraint {constraint:sessions_pkey} primary key (id),
  constraint {constraint:sessions_user_id_fkey} foreign key (user_id) references {users} (id) on delete cascade,
  constraint {constraint:sessions_expiry_check} check (expires_at <= absolute_expires_at)
) strict`,
    `create unique index {index:sessions_token_hash} on {sessions} (token_hash)`,
    `create index {index:sessions_user_id} on {sessions} (user_id)`,
    `create table {devices} (
  id text not null,
  user_id text not null,
  token_hash blob not null,
  created_at integer not null,
  last_seen_at integer not null,
  constraint {constraint:devices_pkey} primary key (id),
  constraint {constraint:devices_user_id_fkey} foreign key (user_id) references {users} (id) on delete cascade
) strict`,
    `create unique index {index:devices_token_hash} on {devices} (token_hash)`,
    `create index {index:devices_user_id} on {devices} (user_id)`,
    `create table {attempts} (
  key text not null,
  user_id text,
  failures integer not null,
  consecutive integer not null,
  last_failed_at integer not null,
  locked_until integer,
  constraint {constraint:attempts_pkey} primary key (key)
) strict`,
    `create index {index:attempts_last_failed_at} on {attempts} (last_failed_at)`,
    `create table {events} (
  id text not null,
  user_id text,
  type text not null,
  occurred_at integer not null,
  ip_address text,
  user_agent text,
  session_id text,
  data text not null,
  constraint {constraint:events_pkey} primary key (id)
) strict`,
    `create index {index:events_user_id_id} on {events} (user_id, id)`,
  ],
} as const;
