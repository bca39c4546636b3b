import { AuthError } from "../../errors.ts";
import { sql, type Expression, type Fragment, type Parameter, type SqlNode } from "./fragment.ts";
import type { Given } from "./head-value.ts";
import { columnName, type Column, type TableInfo } from "./table.ts";
import type { ValueType } from "./value-type.ts";

export type ValueTypes<P> = { readonly [K in keyof P]: ValueType<P[K]> };
export type Parameters<P> = { readonly [K in keyof P]: Parameter<P[K]> };
export type RowShape<R> = { readonly [K in keyof R]: Column<R[K]> | Expression<R[K]> };

export interface StatementDefinition<P, R> {
  /** Unique within an `Auth`: `"session.find"`. The registry refuses two texts under one id. */
  readonly id: string;
  /** The few statements on every request's path: these get a server-side name where that is safe. */
  readonly hot?: boolean;
  readonly params: ValueTypes<P>;
  /** What is returned, by name; of the parameters where it is computed. Leave it out for a statement that returns nothing. */
  readonly row?: RowShape<R> | ((params: Parameters<P>) => RowShape<R>);
  /** The text. `row` renders the typed outputs: put it after `select` or `returning`. */
  readonly sql: (params: Parameters<P>, row: SqlNode) => Fragment;
}

/** SQL as a value: declared once, compiled once per dialect and namespace, executed by `database/`. */
export interface Statement<P, R> {
  readonly id: string;
  readonly hot: boolean;
  readonly parameters: readonly Parameter<unknown>[];
  readonly outputs: readonly {
    readonly name: string;
    readonly source: Column<unknown> | Expression<unknown>;
  }[];
  readonly body: Fragment;
  /** The statement with its values, for `tx.all` and `tx.chain`. */
  with(params: Given<P>): Call<R>;
  /** Never set: carries the types for inference. */
  readonly types_?: (params: P) => R;
}

/** A statement and the values to run it with. */
export interface Call<R> {
  readonly statement: Statement<never, R>;
  readonly params: Readonly<Record<string, unknown>>;
}

/** For each of several statements the place of the one that must have returned a row; `null` for one that always runs. */
export type Heads = readonly (number | null)[];

/** What a statement returns one of. */
export type RowOf<S> = S extends Statement<never, infer R> ? R : never;

/** Declares a statement. */
export function statement<P extends object, R extends object = Record<string, never>>(
  definition: StatementDefinition<P, R>,
): Statement<P, R> {
  const parameters: Record<string, Parameter<unknown>> = {};
  for (const [name, type] of Object.entries<ValueType<unknown>>(definition.params)) {
    parameters[name] = { node: "parameter", name, type };
  }
  const { row = {} } = definition;
  const shape = typeof row === "function" ? row(parameters as Parameters<P>) : row;
  const outputs = Object.entries<Column<unknown> | Expression<unknown>>(shape).map(([name, source]) => ({
    name,
    source,
  }));
  const made: Statement<P, R> = {
    id: definition.id,
    hot: definition.hot ?? false,
    parameters: Object.values(parameters),
    outputs,
    body: definition.sql(parameters as Parameters<P>, { node: "row" }),
    with: (params) => ({
      statement: made as unknown as Statement<never, R>,
      params: params as Readonly<Record<string, unknown>>,
    }),
  };
  return made;
}

/**
 * `insert into <table> (<columns>) values (...)`: the columns by their property names, each bound to a parameter, or
 * computed of parameters. In `tx.chain` the same statement inserts only if the head of the chain returned a row.
 */
export function insertInto(
  table: { readonly info: TableInfo },
  row: Readonly<Record<string, Parameter<unknown> | Fragment>>,
): Fragment {
  const columns = Object.keys(row).map((property): SqlNode => {
    const name = columnName(property);
    const column = table.info.columns.find((candidate) => candidate.name === name);
    if (!column) {
      throw new AuthError("statement_invalid", { message: `Table ${table.info.name} has no column ${name}` });
    }
    return { ...column, alias: null };
  });
  const values: SqlNode = { node: "values", nodes: Object.values(row) };
  return sql`insert into ${table} (${list(columns)}) ${values}`;
}

/** Nodes with commas between. */
export function list(nodes: readonly SqlNode[]): Fragment {
  return { node: "fragment", strings: nodes.map((_, i) => (i === 0 ? "" : ", ")).concat(""), nodes };
}
