import type { Database } from "../../database/database.ts";
import { quoteIdentifier } from "../../database/dialects/dialect.ts";
import type { ConstraintDifference } from "../../schema/constraints.ts";
import type { Difference } from "../../schema/drift.ts";
import { createdIndex, renderNames } from "../../schema/migration.ts";
import type { SchemaFacts } from "./schema-facts.ts";

type Place = Pick<Database, "dialect" | "namespace" | "table">;

// https://sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes
const rebuild = (table: string): string =>
  `Make ${table} anew as npx wispy-auth sql prints it, and copy its rows (SQLite cannot change this in place)`;

/** The statement that puts back what is missing, or in words where one statement cannot. */
export function repairOf(
  difference: Difference,
  { database, facts }: { readonly database: Place; readonly facts: SchemaFacts },
): string {
  if ("index" in difference) {
    return repairIndex(difference, { database, facts });
  }
  const { table: name, column: columnName } = difference;
  const table = tableOf(database, name);
  const column = quoteIdentifier(columnName);
  switch (difference.kind) {
    case "column_missing": {
      const added = `alter table ${table} add column ${column} ${difference.expected}`;
      if (difference.nullable) return added;
      return database.dialect === "sqlite"
        ? rebuild(table)
        : `${added}; fill it; alter table ${table} alter column ${column} set not null`;
    }
    case "column_retyped":
      return database.dialect === "sqlite"
        ? rebuild(table)
        : `alter table ${table} alter column ${column} type ${difference.expected} using ${column}::${difference.expected}`;
    case "not_null_lost":
      return database.dialect === "sqlite"
        ? rebuild(table)
        : `alter table ${table} alter column ${column} set not null`;
  }
}

/** The statement of the migration that made the index. */
function repairIndex(
  difference: Extract<Difference, { index: string }>,
  { database, facts }: { readonly database: Place; readonly facts: SchemaFacts },
): string {
  const { namespace, dialect } = database;
  const name = difference.index.slice(namespace.prefix.length);
  const statements = facts.modules.flatMap(({ migrations }) => migrations.flatMap((one) => one[dialect]));
  const statement = statements.findLast((text) => createdIndex(text) === name)!;
  const create = renderNames(statement, { dialect: facts.catalogue.dialect, namespace });
  if (difference.kind === "index_missing") return create;
  return `drop index ${quoteIdentifier(namespace.schema)}.${quoteIdentifier(difference.index)}; ${create}`;
}

export function repairConstraint(
  { expected, found }: ConstraintDifference,
  { database, facts }: { readonly database: Place; readonly facts: SchemaFacts },
): string {
  const table = tableOf(database, database.namespace.prefix + expected.table);
  if (database.dialect === "sqlite") return rebuild(table);
  const clause = renderNames(expected.clause, {
    dialect: facts.catalogue.dialect,
    namespace: database.namespace,
  });
  if (found === null || found.name === null) return `alter table ${table} add ${clause}`;
  const name = quoteIdentifier(found.name);
  return found.target?.onDelete === expected.target?.onDelete
    ? `alter table ${table} validate constraint ${name}`
    : `alter table ${table} drop constraint ${name}, add ${clause}`;
}

function tableOf(database: Place, name: string): string {
  return database.table(name.slice(database.namespace.prefix.length));
}
