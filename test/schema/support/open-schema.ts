import { systemClock } from "../../../src/clock.ts";
import { coreSchema } from "../../../src/core/migrations/core-schema.ts";
import { connect } from "../../../src/database/connect.ts";
import type { Database } from "../../../src/database/database.ts";
import type { NamespaceOption } from "../../../src/database/namespace.ts";
import type { SchemaModule } from "../../../src/schema/migration.ts";
import { SchemaManager } from "../../../src/schema/schema-manager.ts";
import { badgesSchema } from "./badges-module.ts";

export const bothModules: readonly SchemaModule[] = [coreSchema, badgesSchema];

export interface SchemaOptions {
  /** Default: the core and the badges. */
  readonly modules?: readonly SchemaModule[];
  readonly namespace?: NamespaceOption;
  readonly allowNewerSchema?: boolean;
}

export interface OpenSchema {
  readonly database: Database;
  readonly manager: SchemaManager;
}

/** A schema manager on a host's handle or on a URL, as `createAuth` makes one. */
export async function openSchema(
  source: { readonly native: unknown } | string,
  options: SchemaOptions = {},
): Promise<OpenSchema> {
  const { modules = bothModules, namespace, allowNewerSchema = false } = options;
  const database = await connect(typeof source === "string" ? source : source.native, { namespace });
  return {
    database,
    manager: new SchemaManager({ database, modules, clock: systemClock, allowNewerSchema }),
  };
}

export const coreLabel = "core/001-accounts";
export const badgesLabels = ["badges/001-badges", "badges/002-awards", "badges/003-colour"];
export const allLabels = [coreLabel, ...badgesLabels];
