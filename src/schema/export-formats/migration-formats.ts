import { drizzle } from "./drizzle.ts";
import { flyway } from "./flyway.ts";
import { knex } from "./knex.ts";
import { kysely } from "./kysely.ts";
import type { MigrationFormat } from "./migration-format.ts";
import { nodePgMigrate } from "./node-pg-migrate.ts";
import { prisma } from "./prisma.ts";

export const formatNames = ["prisma", "drizzle", "node-pg-migrate", "knex", "kysely", "flyway"] as const;
export type FormatName = (typeof formatNames)[number];

/** The migration tools whose folders we can write into. */
export const migrationFormats: Readonly<Record<FormatName, MigrationFormat>> = {
  prisma,
  drizzle,
  "node-pg-migrate": nodePgMigrate,
  knex,
  kysely,
  flyway,
};
