import type { DialectName, Namespace } from "../database/database.ts";
import { AuthError } from "../errors.ts";
import type { Catalogue, ExportStep } from "./catalogue.ts";
import {
  inDependencyOrder,
  migrationChecksum,
  renderMigration,
  type ModuleMigration,
  type SchemaModule,
} from "./migration.ts";
import { postgresCatalogue } from "./postgres-catalogue.ts";
import { sqliteCatalogue } from "./sqlite-catalogue.ts";

export interface SqlOptions {
  /** Only this module's migrations. */
  readonly module?: string;
  /** Whether BEGIN and COMMIT stand around it. Default true. */
  readonly transaction?: boolean;
}

export interface ExportTarget {
  readonly catalogue: Catalogue;
  readonly namespace: Namespace;
}

export function catalogueOf(dialect: DialectName, namespace: Namespace): Catalogue {
  return dialect === "postgres" ? postgresCatalogue(namespace) : sqliteCatalogue(namespace);
}

/** Every migration of the modules, in the order of application. */
export function allMigrations(modules: readonly SchemaModule[]): ModuleMigration[] {
  return modules.flatMap(({ name: module, migrations }) =>
    migrations.map((migration) => ({ module, migration })),
  );
}

/**
 * All migrations as SQL, without a database at hand; having run it, `SchemaManager.migrate` finds nothing to do.
 * @throws AuthError `configuration_invalid` for a module that is not among them
 */
export function exportModules(
  modules: readonly SchemaModule[],
  options: SqlOptions & { readonly dialect: DialectName; readonly namespace: Namespace },
): string {
  const { dialect, namespace, transaction = true } = options;
  const migrations = ofModule(allMigrations(inDependencyOrder(modules)), { modules, module: options.module });
  return exportMigrations(migrations, {
    catalogue: catalogueOf(dialect, namespace),
    namespace,
    transaction,
  });
}

/** The migrations of one module, or all if none is named. */
export function ofModule(
  migrations: readonly ModuleMigration[],
  { modules, module }: { readonly modules: readonly SchemaModule[]; readonly module: string | undefined },
): readonly ModuleMigration[] {
  if (module === undefined) return migrations;
  if (!modules.some(({ name }) => name === module)) {
    const names = modules.map(({ name }) => name).join(", ");
    throw new AuthError("configuration_invalid", {
      message: `There is no module ${module}; the modules are: ${names}`,
    });
  }
  return migrations.filter((migration) => migration.module === module);
}

/** These migrations as text, one statement after the other, with the rows of the ledger that record them. */
export function exportMigrations(
  migrations: readonly ModuleMigration[],
  { catalogue, namespace, transaction }: ExportTarget & { readonly transaction: boolean },
): string {
  const steps = migrations.map((migration) => describeStep(migration, { catalogue, namespace }));
  return `${catalogue.exportText({ steps, transaction }).join(";\n\n")};\n`;
}

/** One migration as the statements of a file for a migration tool. */
export function exportStep(migration: ModuleMigration, target: ExportTarget): string[] {
  return target.catalogue.exportStep(describeStep(migration, target));
}

function describeStep(
  { module, migration }: ModuleMigration,
  { catalogue, namespace }: ExportTarget,
): ExportStep {
  return {
    entry: {
      module,
      number: migration.number,
      name: migration.name,
      checksum: migrationChecksum(migration),
      compatible: migration.compatible ?? false,
    },
    statements: renderMigration(migration, { dialect: catalogue.dialect, namespace }),
  };
}
