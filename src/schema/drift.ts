import type { DialectName, Namespace } from "../database/database.ts";
import type { ValueKind } from "../database/statements/value-type.ts";
import type { Probe } from "./catalogue.ts";
import { expectedIndexes, type SchemaModule } from "./migration.ts";

const postgresTypes: Record<ValueKind, readonly string[]> = {
  text: ["text"],
  uuid: ["uuid"],
  timestamp: ["timestamp with time zone"],
  integer: ["integer", "bigint"],
  boolean: ["boolean"],
  bytes: ["bytea"],
  json: ["jsonb"],
};

const sqliteTypes: Record<ValueKind, readonly string[]> = {
  text: ["text"],
  uuid: ["text"],
  timestamp: ["integer"],
  integer: ["integer"],
  boolean: ["integer"],
  bytes: ["blob"],
  json: ["text"],
};

/** One thing that our live tables lack. Tables and indexes are named with prefix. */
export type Difference =
  | {
      readonly kind: "column_missing";
      readonly table: string;
      readonly column: string;
      readonly expected: string;
      readonly nullable: boolean;
    }
  | {
      readonly kind: "column_retyped";
      readonly table: string;
      readonly column: string;
      readonly found: string;
      readonly expected: string;
    }
  | { readonly kind: "not_null_lost"; readonly table: string; readonly column: string }
  | { readonly kind: "index_missing" | "index_invalid"; readonly index: string };

interface Expected {
  readonly modules: readonly SchemaModule[];
  readonly dialect: DialectName;
  readonly namespace: Namespace;
}

/**
 * What our live tables lack of what the code expects: a column, its type, its NOT NULL, an index, or an index
 * that is there and invalid. What is there besides is the host's business.
 */
export function findDrift(probe: Pick<Probe, "columns" | "indexes">, expected: Expected): string[] {
  return findDifferences(probe, expected).map(describeDifference);
}

/** The same as data. */
export function findDifferences(
  probe: Pick<Probe, "columns" | "indexes">,
  { modules, dialect, namespace }: Expected,
): Difference[] {
  return modules.flatMap((module) => [
    ...columnDrift(probe, { module, dialect, namespace }),
    ...indexDrift(
      probe,
      expectedIndexes(module, dialect).map((name) => namespace.prefix + name),
    ),
  ]);
}

export function describeDifference(difference: Difference): string {
  switch (difference.kind) {
    case "column_missing":
      return `column ${difference.table}.${difference.column} is missing`;
    case "column_retyped":
      return `column ${difference.table}.${difference.column} is ${difference.found}, expected ${difference.expected}`;
    case "not_null_lost":
      return `column ${difference.table}.${difference.column} has lost its NOT NULL`;
    case "index_missing":
      return `index ${difference.index} is missing`;
    case "index_invalid":
      return `index ${difference.index} is invalid`;
  }
}

function columnDrift(
  { columns }: Pick<Probe, "columns">,
  { module, dialect, namespace }: { module: SchemaModule; dialect: DialectName; namespace: Namespace },
): Difference[] {
  const types = dialect === "postgres" ? postgresTypes : sqliteTypes;
  const live = new Map(columns.map((column) => [`${column.table}.${column.column}`, column]));
  return module.tables.flatMap(({ name, columns: expectedColumns }) =>
    expectedColumns.flatMap(({ name: column, type: { kind, nullable } }): Difference[] => {
      const table = namespace.prefix + name;
      const found = live.get(`${table}.${column}`);
      const expected = types[kind][0]!;
      if (!found) return [{ kind: "column_missing", table, column, expected, nullable }];
      const retyped: Difference = { kind: "column_retyped", table, column, found: found.type, expected };
      return [
        ...(types[kind].includes(found.type) ? [] : [retyped]),
        ...(nullable || found.notNull ? [] : [{ kind: "not_null_lost", table, column } as const]),
      ];
    }),
  );
}

function indexDrift({ indexes }: Pick<Probe, "indexes">, names: readonly string[]): Difference[] {
  return names.flatMap((index): Difference[] => {
    const found = indexes.find((other) => other.name === index);
    if (!found) return [{ kind: "index_missing", index }];
    return found.valid ? [] : [{ kind: "index_invalid", index }];
  });
}
