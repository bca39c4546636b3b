import type { OldColumn } from "../../contract/adoption.ts";
import { quoteIdentifier } from "../../database/dialects/dialect.ts";
import { integer, text } from "../../database/statements/value-type.ts";
import {
  countField,
  flagField,
  idField,
  readRow,
  selectList,
  textField,
  timeField,
  type OldField,
} from "./old-fields.ts";
import type { OldQuery, OldTables } from "./old-tables.ts";

/** An old row of a module's: what stands in it, and where it refers to. */
export interface OldRow {
  readonly id: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly references: Readonly<Record<string, OldReference>>;
}

/** A reference to an account or to another row. */
export interface OldReference {
  readonly oldId: number | null;
  /** What it was adopted as; `null` if it was not. */
  readonly here: string | null;
  /** Whether what it refers to is in the old tables. */
  readonly exists: boolean;
}

export interface OldRowsPage {
  readonly table: string;
  readonly columns: Readonly<Record<string, OldColumn>>;
  readonly mapping: string;
  readonly rowMapping: string;
  readonly after: number;
  readonly limit: number;
}

const fieldFor = { text: textField, count: countField, flag: flagField, time: timeField };

const named = (alias: string, column: string): string => `${alias}.${quoteIdentifier(column)}`;

function isReference(column: OldColumn): column is Extract<OldColumn, { as: "user" | "row" }> {
  return column.as === "user" || column.as === "row";
}

/** A reference reads as three fields: the old number, what it became, and the row it leads to. */
function fieldsOf(columns: OldRowsPage["columns"]): Record<string, OldField<unknown>> {
  const fields: Record<string, OldField<unknown>> = { id: idField("t.id") };
  Object.entries(columns).forEach(([key, column], i) => {
    const old = named("t", column.column);
    if (!isReference(column)) {
      fields[key] = fieldFor[column.as](old);
      return;
    }
    fields[`${key} old`] = textField(old);
    fields[`${key} here`] = textField(`m${String(i)}.${column.as === "user" ? "user_id" : "row_id"}`);
    fields[`${key} exists`] = textField(`o${String(i)}.id`);
  });
  return fields;
}

/** A page of the rows that were not taken over yet, by id, to be read by {@link readOldRow}. */
export function oldRowsQuery(old: OldTables, page: OldRowsPage): OldQuery {
  const values: (string | number)[] = [];
  const place = (value: string | number): string => {
    values.push(value);
    return old.dialect.placeholder(values.length, typeof value === "string" ? text : integer);
  };
  const joins = Object.values(page.columns).flatMap((column, i) => {
    if (!isReference(column)) return [];
    const [m, o] = [`m${String(i)}`, `o${String(i)}`];
    const target = column.as === "user" ? "users" : column.table;
    const mapping = column.as === "user" ? page.mapping : page.rowMapping;
    const key = named("t", column.column);
    return [
      `left join ${mapping} as ${m} on ${m}.source = ${place(old.sourceOf(target))} and ${m}.old_id = ${key}`,
      `left join ${old.table(target)} as ${o} on ${o}.id = ${key}`,
    ];
  });
  const done = `left join ${page.rowMapping} as d on d.source = ${place(old.sourceOf(page.table))} and d.old_id = t.id`;
  return {
    text: `select ${selectList(fieldsOf(page.columns), old)} from ${old.table(page.table)} as t
      ${joins.join("\n")} ${done}
      where t.id > ${place(page.after)} and d.old_id is null order by t.id limit ${place(page.limit)}`,
    values,
  };
}

export function readOldRow(
  row: readonly unknown[],
  { old, columns }: { readonly old: OldTables; readonly columns: OldRowsPage["columns"] },
): OldRow {
  const read = readRow(fieldsOf(columns), { row, old });
  const values: Record<string, unknown> = {};
  const references: Record<string, OldReference> = {};
  for (const [key, column] of Object.entries(columns)) {
    if (!isReference(column)) {
      values[key] = read[key];
      continue;
    }
    const oldId = read[`${key} old`];
    references[key] = {
      oldId: oldId === null ? null : Number(oldId),
      here: read[`${key} here`] as string | null,
      exists: read[`${key} exists`] !== null,
    };
  }
  return { id: read["id"] as number, values, references };
}

/** How many rows an old table has, and how many of them were taken over. */
export function oldRowCountsQuery(
  old: OldTables,
  { table, rowMapping }: Pick<OldRowsPage, "table" | "rowMapping">,
): OldQuery {
  return {
    text: `select count(*) as found, count(d.old_id) as adopted from ${old.table(table)} as t
      left join ${rowMapping} as d on d.source = ${old.dialect.placeholder(1, text)} and d.old_id = t.id`,
    values: [old.sourceOf(table)],
  };
}
