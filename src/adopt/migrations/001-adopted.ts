/**
 * Which old account became which of ours, and up to which old event its history was taken over.
 *
 * The key begins with the number: with the source in front, SQLite reads all of a source's rows for each batch of
 * events, because it thinks that few.
 *
 * No foreign key to users: the row of an account that was deleted since stays, so that it is not adopted a second
 * time. More than one old account may stand for one of ours, where the application says that they are one person.
 */
export const adopted = {
  number: 1,
  name: "adopted",
  postgres: [
    `create table {adopted_users} (
  source text not null,
  old_id bigint not null,
  old_uuid text,
  user_id uuid not null,
  adopted_at timestamptz not null,
  old_updated_at timestamptz,
  events_to bigint not null default 0,
  constraint {constraint:adopted_users_pkey} primary key (old_id, source)
)`,
    `create index {index:adopted_users_user_id} on {adopted_users} (user_id)`,
    `create table {adopted_sources} (
  source text not null,
  anonymous_events_to bigint not null,
  constraint {constraint:adopted_sources_pkey} primary key (source)
)`,
  ],
  sqlite: [
    `create table {adopted_users} (
  source text not null,
  old_id integer not null,
  old_uuid text,
  user_id text not null,
  adopted_at integer not null,
  old_updated_at integer,
  events_to integer not null default 0,
  constraint {constraint:adopted_users_pkey} primary key (old_id, source)
) strict`,
    `create index {index:adopted_users_user_id} on {adopted_users} (user_id)`,
    `create table {adopted_sources} (
  source text not null,
  anonymous_events_to integer not null,
  constraint {constraint:adopted_sources_pkey} primary key (source)
) strict`,
  ],
} as const;
