/** Which old row of a module's became which of ours. Keyed, and without a foreign key, as `adopted_users` is. */
export const addAdoptedRows = {
  number: 2,
  name: "adopted_rows",
  compatible: true,
  postgres: [
    `create table {adopted_rows} (
  source text not null,
  old_id bigint not null,
  row_id uuid not null,
  adopted_at timestamptz not null,
  constraint {constraint:adopted_rows_pkey} primary key (old_id, source)
)`,
  ],
  sqlite: [
    `create table {adopted_rows} (
  source text not null,
  old_id integer not null,
  row_id text not null,
  adopted_at integer not null,
  constraint {constraint:adopted_rows_pkey} primary key (old_id, source)
) strict`,
  ],
} as const;
