import type { ValueType } from "./value-type.ts";

/** A column of a {@link Table}: usable in SQL text and as a typed output. */
export interface Column<T> {
  readonly node: "column";
  readonly name: string;
  readonly type: ValueType<T>;
  /** The table alias to qualify with; `null` renders the bare name (single-table statements). */
  readonly alias: string | null;
}

/** A table of ours: its name in our namespace and its columns. */
export interface TableInfo {
  readonly node: "table";
  readonly name: string;
  readonly alias: string | null;
  readonly columns: readonly Column<unknown>[];
}

export type Table<C extends Record<string, ValueType<unknown>>> = {
  readonly [K in keyof C]: C[K] extends ValueType<infer T> ? Column<T> : never;
} & { readonly info: TableInfo };

/** `createdAt` -> `created_at`: the one place where the two spellings meet. */
export function columnName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Declares a table. Names a table for statements and for the drift check; creating it is a migration's work.
 *
 * @example
 * const notes = table("notes", { id: uuid, authorId: uuid, body: text });
 * sql`select ${row} from ${notes} where ${notes.authorId} = ${p.authorId}`
 */
export function table<C extends Record<string, ValueType<unknown>>>(name: string, columns: C): Table<C> {
  return build(name, columns, null);
}

/** The same table under an alias, for statements that name more than one table. */
export function aliased<C extends Record<string, ValueType<unknown>>>(
  source: Table<C>,
  alias: string,
): Table<C> {
  const types: Record<string, ValueType<unknown>> = {};
  for (const [key, value] of Object.entries(source))
    if (key !== "info") types[key] = (value as Column<unknown>).type;
  return build(source.info.name, types as C, alias);
}

function build<C extends Record<string, ValueType<unknown>>>(
  name: string,
  types: C,
  alias: string | null,
): Table<C> {
  const columns: Record<string, Column<unknown>> = {};
  for (const [property, type] of Object.entries(types)) {
    columns[property] = { node: "column", name: columnName(property), type, alias };
  }
  const info: TableInfo = { node: "table", name, alias, columns: Object.values(columns) };
  return { ...columns, info } as Table<C>;
}
