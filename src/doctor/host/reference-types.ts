import type { Database } from "../../database/database.ts";
import { ok, type Check, type Found } from "../check.ts";
import { describeReference, type HostReference } from "./host-reference.ts";
import { sqliteAffinity } from "./sqlite-affinity.ts";

/**
 * PostgreSQL refuses a foreign key that cannot work. SQLite takes any: one to a column that is not unique makes every
 * write to our table fail, one of another type never matches, or fails in a STRICT table.
 */
export const referenceTypes: Check = {
  id: "reference-types",
  title: "Whether the application's foreign keys can hold what they refer to",
  dialects: ["sqlite"],
  async run({ database, references }) {
    const found = await references();
    const unique = await readUniqueColumns(database, found);
    const wrong = found.flatMap((reference) => {
      const [column] = reference.targetColumns;
      const alone = reference.targetColumns.length === 1;
      if (alone && !unique.get(reference.target)?.includes(column!)) return [describeMismatch(reference)];
      return reference.types.some((type) => sqliteAffinity(type) !== "text") ? [describeType(reference)] : [];
    });
    return wrong.length > 0 ? wrong : ok("The application's foreign keys can hold what they refer to");
  },
};

function describeMismatch(reference: HostReference): Found {
  const { target, targetColumns } = reference;
  return {
    severity: "error",
    message: `${describeReference(reference)} refers to ${target} (${targetColumns.join(", ")}), which is not unique: SQLite refuses writes to ${target} (foreign key mismatch)`,
    fix: `Make ${reference.quotedTable} anew with a reference to ${target} (id)`,
    data: { ...reference },
  };
}

function describeType(reference: HostReference): Found {
  const { target, targetColumns, types } = reference;
  const declared = types.map((type) => (type === "" ? "no type" : type)).join(", ");
  return {
    severity: "warning",
    message: `${describeReference(reference)} is declared ${declared} and refers to ${target} (${targetColumns.join(", ")}), which is text: SQLite lets it pass, a STRICT table, an ORM or a blob does not`,
    fix: `Make ${reference.quotedTable} anew with ${reference.columns.join(", ")} as text`,
    data: { ...reference },
  };
}

/** Of each table referred to, the columns that are unique by themselves. */
async function readUniqueColumns(
  database: Database,
  references: readonly HostReference[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const targets = [...new Set(references.map(({ target }) => target))];
  const rows = await database.query(
    `select m.name as table_name, c.name as column_name
    from sqlite_master m join pragma_index_list(m.name) i join pragma_index_info(i.name) c
    where m.type = 'table' and m.name collate nocase in (select value from json_each(?)) and i."unique" = 1 and i.partial = 0
      and (select count(*) from pragma_index_info(i.name)) = 1`,
    [JSON.stringify(targets)],
  );
  const columns = new Map<string, string[]>();
  for (const [table, column] of rows) {
    const name = (table as string).toLowerCase();
    columns.set(name, [...(columns.get(name) ?? []), column as string]);
  }
  return columns;
}
