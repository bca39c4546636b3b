import { createHash } from "node:crypto";
import type { DialectName, Namespace } from "../database/database.ts";
import { quoteIdentifier, type Dialect } from "../database/dialects/dialect.ts";
import type { TableInfo } from "../database/statements/table.ts";
import { AuthError } from "../errors.ts";

/**
 * One step of a module's schema, in both dialects side by side. Once released it never changes: its checksum
 * is in the ledger of every database it was applied to.
 *
 * Each string is one statement. `{users}` stands for the qualified table, `{index:users_email}` and
 * `{constraint:users_pkey}` for names within the namespace.
 */
export interface Migration {
  /** 1, 2, 3, ... without gaps within a module. */
  readonly number: number;
  readonly name: string;
  readonly postgres: readonly string[];
  readonly sqlite: readonly string[];
  /** True if code that does not know this migration still works after it (a nullable column, an index). */
  readonly compatible?: boolean;
}

/** A part of the application that brings tables: the core, or a module. */
export interface SchemaModule {
  readonly name: string;
  readonly dependsOn?: readonly string[];
  readonly migrations: readonly Migration[];
  /** The tables as the last migration leaves them. */
  readonly tables: readonly TableInfo[];
}

/** A migration with the module it belongs to; `core/001-accounts` in messages. */
export interface ModuleMigration {
  readonly module: string;
  readonly migration: Migration;
}

export function migrationLabel({ module, migration }: ModuleMigration): string {
  return `${module}/${String(migration.number).padStart(3, "0")}-${migration.name}`;
}

/** SHA-256 over the text of both dialects, before names are put in: the same for every namespace. */
export function migrationChecksum(migration: Migration): string {
  const content = JSON.stringify([migration.name, migration.postgres, migration.sqlite]);
  return createHash("sha256").update(content).digest("hex");
}

/** One hash over the checksums of a module's first migrations, so that a start compares one value per module. */
export function checksumDigest(checksums: readonly string[]): string {
  return createHash("sha256").update(checksums.join(" ")).digest("hex").slice(0, 16);
}

/** The statements of a migration with the namespace's names in place. */
export function renderMigration(
  migration: Migration,
  target: { dialect: Dialect; namespace: Namespace },
): string[] {
  return migration[target.dialect.name].map((statement) => renderNames(statement, target));
}

export function renderNames(
  text: string,
  { dialect, namespace }: { dialect: Dialect; namespace: Namespace },
): string {
  return text.replace(/\{(?:(index|constraint):)?(\w+)\}/g, (_, kind: string | undefined, name: string) =>
    kind === undefined ? dialect.tableName(namespace, name) : quoteIdentifier(namespace.prefix + name),
  );
}

const createTable = /^\s*create table \{(\w+)\}/i;
const createIndex = /^\s*create (?:unique )?index \{index:(\w+)\}/i;
const dropIndex = /^\s*drop index \{index:(\w+)\}/i;

/** The tables that a migration creates: none of them may exist before it. */
export function createdTables(migration: Migration, dialect: DialectName): string[] {
  return migration[dialect].flatMap((statement) => createTable.exec(statement)?.[1] ?? []);
}

/** The index that a statement creates. */
export function createdIndex(statement: string): string | undefined {
  return createIndex.exec(statement)?.[1];
}

/** The indexes that a module's migrations leave behind. */
export function expectedIndexes(module: SchemaModule, dialect: DialectName): string[] {
  const names = new Set<string>();
  for (const statement of module.migrations.flatMap((migration) => migration[dialect])) {
    const created = createdIndex(statement);
    const dropped = dropIndex.exec(statement)?.[1];
    if (created !== undefined) names.add(created);
    if (dropped !== undefined) names.delete(dropped);
  }
  return [...names];
}

/**
 * The modules, each after those it depends on; otherwise in the order given.
 * @throws AuthError `configuration_invalid` for a missing or circular dependency, a name used twice, or a gap in numbers
 */
export function inDependencyOrder(modules: readonly SchemaModule[]): SchemaModule[] {
  const byName = new Map(modules.map((module) => [module.name, module]));
  if (byName.size < modules.length) throw invalid("Two modules have the same name");
  const ordered = new Set<SchemaModule>();
  const visit = (module: SchemaModule, path: readonly string[]): void => {
    if (path.includes(module.name))
      throw invalid(`Modules depend on each other: ${[...path, module.name].join(" -> ")}`);
    for (const name of module.dependsOn ?? []) {
      const dependency = byName.get(name);
      if (!dependency) throw invalid(`Module ${module.name} needs module ${name}, which is not installed`);
      visit(dependency, [...path, module.name]);
    }
    ordered.add(module);
  };
  for (const module of modules) {
    module.migrations.forEach((migration, i) => {
      if (migration.number !== i + 1)
        throw invalid(`Module ${module.name}: migration ${migration.name} is not number ${String(i + 1)}`);
    });
    visit(module, []);
  }
  return [...ordered];
}

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message });
}
