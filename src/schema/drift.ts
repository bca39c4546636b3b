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

/**
 * What our live tables lack of what the code expects: a column, its type, its NOT NULL, an index, or an index
 * that is there and invalid. What is there besides is the host's business.
 */
export function findDrift(
  probe: Pick<Probe, "columns" | "indexes">,
  expected: {
    readonly modules: readonly SchemaModule[];
    readonly dialect: DialectName;
    readonly namespace: Namespace;
  },
): string[] {
  const { modules, dialect, namespace } = expected;
  return modules.flatMap((module) => [
    ...columnDrift(probe, { module, dialect, namespace }),
    ...indexDrift(
      probe,
      expectedIndexes(module, dialect).map((name) => namespace.prefix + name),
    ),
  ]);
}

function columnDrift(
  { columns }: Pick<Probe, "columns">,
  { module, dialect, namespace }: { module: SchemaModule; dialect: DialectName; namespace: Namespace },
): string[] {
  const types = dialect === "postgres" ? postgresTypes : sqliteTypes;
  const live = new Map(columns.map((column) => [`${column.table}.${column.column}`, column]));
  const differences: string[] = [];
  for (const table of module.tables) {
    for (const { name, type } of table.columns) {
      const path = `${namespace.prefix}${table.name}.${name}`;
      const found = live.get(path);
      if (!found) {
        differences.push(`column ${path} is missing`);
        continue;
      }
      if (!types[type.kind].includes(found.type)) {
        differences.push(`column ${path} is ${found.type}, expected ${types[type.kind][0]!}`);
      }
      if (!type.nullable && !found.notNull) differences.push(`column ${path} has lost its NOT NULL`);
    }
  }
  return differences;
}

function indexDrift({ indexes }: Pick<Probe, "indexes">, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const found = indexes.find((index) => index.name === name);
    if (!found) return [`index ${name} is missing`];
    return found.valid ? [] : [`index ${name} is invalid`];
  });
}
