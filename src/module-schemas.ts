import { checkModules } from "./check-modules.ts";
import type { Module } from "./contract/module.ts";
import { coreSchema } from "./core/migrations/core-schema.ts";
import { inDependencyOrder, type SchemaModule } from "./schema/migration.ts";

/**
 * What the schema manager looks after: the core's part, then the modules' in the order in which they depend on each other.
 * @throws AuthError `configuration_invalid`, `statement_invalid`
 */
export function moduleSchemas(modules: readonly Module[]): readonly SchemaModule[] {
  checkModules(modules);
  return inDependencyOrder([coreSchema, ...modules.map(schemaOf)]);
}

function schemaOf({ name, dependsOn = [], migrations = [], tables = [] }: Module): SchemaModule {
  return { name, dependsOn: ["core", ...dependsOn], migrations, tables };
}
