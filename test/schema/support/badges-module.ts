import { table } from "../../../src/database/statements/table.ts";
import { nullable, text, timestamp, uuid } from "../../../src/database/statements/value-type.ts";
import type { Migration, SchemaModule } from "../../../src/schema/migration.ts";

const firstColumns = { id: uuid, title: text, createdAt: timestamp };
const badges = table("badges", { ...firstColumns, colour: nullable(text) });
const awards = table("awards", { badgeId: uuid, userId: uuid });

const createBadges: Migration = {
  number: 1,
  name: "badges",
  postgres: [
    `create table {badges} (
  id uuid not null,
  title text not null,
  created_at timestamptz not null,
  constraint {constraint:badges_pkey} primary key (id)
)`,
    `create unique index {index:badges_title} on {badges} (title)`,
  ],
  sqlite: [
    `create table {badges} (
  id text not null,
  title text not null,
  created_at integer not null,
  constraint {constraint:badges_pkey} primary key (id)
) strict`,
    `create unique index {index:badges_title} on {badges} (title)`,
  ],
};

const createAwards: Migration = {
  number: 2,
  name: "awards",
  postgres: [
    `create table {awards} (
  badge_id uuid not null,
  user_id uuid not null,
  constraint {constraint:awards_pkey} primary key (badge_id, user_id),
  constraint {constraint:awards_user_id_fkey} foreign key (user_id) references {users} (id) on delete cascade
)`,
  ],
  sqlite: [
    `create table {awards} (
  badge_id text not null,
  user_id text not null,
  constraint {constraint:awards_pkey} primary key (badge_id, user_id),
  constraint {constraint:awards_user_id_fkey} foreign key (user_id) references {users} (id) on delete cascade
) strict`,
  ],
};

const addColour: Migration = {
  number: 3,
  name: "colour",
  compatible: true,
  postgres: [
    `alter table {badges} add column colour text`,
    `create index {index:badges_colour} on {badges} (colour)`,
  ],
  sqlite: [
    `alter table {badges} add column colour text`,
    `create index {index:badges_colour} on {badges} (colour)`,
  ],
};

/** A module of a third party: three migrations, the second refers to the core's users, the third is compatible. */
export const badgesSchema: SchemaModule = {
  name: "badges",
  dependsOn: ["core"],
  migrations: [createBadges, createAwards, addColour],
  tables: [badges.info, awards.info],
};

/** The module as it was released with its first `count` migrations. */
export function badgesAt(count: 1 | 2): SchemaModule {
  return {
    ...badgesSchema,
    migrations: badgesSchema.migrations.slice(0, count),
    tables: [table("badges", firstColumns).info, awards.info].slice(0, count),
  };
}
