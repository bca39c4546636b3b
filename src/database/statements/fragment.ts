import type { Column, TableInfo } from "./table.ts";
import type { ValueType } from "./value-type.ts";

/** A parameter of a statement, bound by name. */
export interface Parameter<T> {
  readonly node: "parameter";
  readonly name: string;
  readonly type: ValueType<T>;
}

/** A typed output that is not a bare column: `expression(integer, sql`count(*)`)`. */
export interface Expression<T> {
  readonly node: "expression";
  readonly type: ValueType<T>;
  readonly sql: Fragment;
}

/** What can stand in SQL text. Strings cannot: text comes from template literals alone. */
export type SqlNode =
  | Fragment
  | Column<unknown>
  | Parameter<unknown>
  | { readonly info: TableInfo }
  | { readonly node: "row" }
  | { readonly node: "values"; readonly nodes: readonly SqlNode[] }
  | { readonly node: "guard" }
  | { readonly node: "dialect"; readonly postgres: Fragment; readonly sqlite: Fragment };

/** A piece of SQL: literal text and the nodes between. */
export interface Fragment {
  readonly node: "fragment";
  readonly strings: readonly string[];
  readonly nodes: readonly SqlNode[];
}

/**
 * Writes SQL. Only columns, tables, parameters and other fragments can be put in, never a string, so no
 * value can become SQL text.
 */
export function sql(strings: TemplateStringsArray, ...nodes: readonly SqlNode[]): Fragment {
  return { node: "fragment", strings: [...strings], nodes };
}

/** A typed output computed by SQL. */
export function expression<T>(type: ValueType<T>, fragment: Fragment): Expression<T> {
  return { node: "expression", type, sql: fragment };
}

/** Different text for each dialect, where the standard does not reach. */
export function byDialect(texts: { readonly postgres: Fragment; readonly sqlite: Fragment }): SqlNode {
  return { node: "dialect", ...texts };
}

/**
 * ` and <the head of the chain returned a row>` inside `tx.chain`, nothing elsewhere. An UPDATE or DELETE
 * that is chained ends its WHERE with it; inserts made by `insertInto` bring it along.
 */
export const guard: SqlNode = { node: "guard" };
