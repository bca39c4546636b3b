import type { Migration } from "../../../module.ts";

/** What callers have used up. */
export const createRateLimits: Migration = {
  number: 1,
  name: "rate-limits",
  postgres: [
    `create table {rate_limits} (
  key text not null,
  full_at timestamptz not null,
  constraint {constraint:rate_limits_pkey} primary key (key)
)`,
    `create index {index:rate_limits_full_at} on {rate_limits} (full_at)`,
  ],
  sqlite: [
    `create table {rate_limits} (
  key text primary key not null,
  full_at integer not null
)`,
    `create index {index:rate_limits_full_at} on {rate_limits} (full_at)`,
  ],
};
