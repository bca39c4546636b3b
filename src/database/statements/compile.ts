import { AuthError } from "../../errors.ts";
import type { Namespace } from "../database.ts";
import { quoteIdentifier, type Dialect } from "../dialects/dialect.ts";
import type { Expression, Parameter, SqlNode } from "./fragment.ts";
import { groupRows, isGuarded } from "./group-rows.ts";
import type { Call, Heads, Statement } from "./statement.ts";
import type { Column, TableInfo } from "./table.ts";
import { isStorable } from "./value-type.ts";

/** Any statement, its parameter and row types left out. */
export type AnyStatement = Statement<never, unknown>;

/** Text ready for a driver, with the ways in and out. */
export interface Compiled {
  readonly ids: readonly string[];
  readonly text: string;
  readonly hot: boolean;
  /** True when nothing is written: such a statement may be sent again after a lost connection. */
  readonly reads: boolean;
  encode(calls: readonly Call<unknown>[]): unknown[];
  /** The rows of each call, in order. */
  decode(rows: readonly (readonly unknown[])[]): unknown[][];
}

export interface CompileContext {
  readonly dialect: Dialect;
  readonly namespace: Namespace;
}

/** What rendering needs to know, and what it collects. */
interface Rendering extends CompileContext {
  readonly statement: AnyStatement;
  /** The name of the chain's head when this statement is chained to it. */
  readonly head: string | null;
  readonly bound: Parameter<unknown>[];
  readonly encoders: ((value: unknown) => unknown)[];
  readonly offset: number;
  /** How many rows an insert takes at once. */
  readonly rows: number;
}

/** Compiles one statement. */
export function compileOne(statement: AnyStatement, context: CompileContext): Compiled {
  const rendering = startRendering(statement, { ...context, head: null, offset: 0, rows: 1 });
  const text = render(statement.body, rendering);
  const decode = rowDecoder(statement, context.dialect);
  return {
    ids: [statement.id],
    text,
    hot: statement.hot,
    reads: isRead(text),
    encode: (calls) => encodeCall(calls[0]!, rendering),
    decode: (rows) => [rows.map((row) => decode(row, 0))],
  };
}

/**
 * Joins statements into one `with`. It is atomic by itself, and foreign keys are checked at its end. All
 * outputs travel as text behind the number of the statement they belong to.
 */
export function compileTogether(
  statements: readonly AnyStatement[],
  options: CompileContext & { readonly heads: Heads },
): Compiled {
  let offset = 0;
  const parts = groupRows(statements, options.heads).map(({ statement, head, places }) => {
    const rows = places.length;
    const rendering = startRendering(statement, {
      ...options,
      head: head === null ? null : headName(head, { of: statement, among: statements }),
      offset,
      rows,
    });
    const text = `${quoteIdentifier(`s${String(places[0])}`)} as (${render(statement.body, rendering)})`;
    offset += rendering.bound.length * rows;
    return { places, rendering, text };
  });
  const decoders = statements.map((statement) => rowDecoder(statement, options.dialect));
  const text = `with ${parts.map((part) => part.text).join(", ")} ${unionOf(statements)}`;
  return {
    ids: statements.map((statement) => statement.id),
    text,
    hot: statements[0]!.hot,
    reads: false,
    encode: (calls) =>
      parts.flatMap(({ places, rendering }) =>
        places.flatMap((place) => encodeCall(calls[place]!, rendering)),
      ),
    decode: (rows) => {
      const results: unknown[][] = statements.map(() => []);
      for (const row of rows) {
        const index = Number(row[0]);
        results[index]!.push(decoders[index]!(row, 1));
      }
      return results;
    },
  };
}

function headName(
  head: number,
  { of, among }: { readonly of: AnyStatement; readonly among: readonly AnyStatement[] },
): string {
  const { id, outputs } = among[head]!;
  if (outputs.length === 0) {
    throw new AuthError("statement_invalid", { message: `Statement ${id} heads a chain and returns no row` });
  }
  if (!isGuarded(of)) {
    throw new AuthError("statement_invalid", {
      message: `Statement ${of.id} is chained and has neither insertInto nor a guard`,
    });
  }
  return `s${String(head)}`;
}

function unionOf(statements: readonly AnyStatement[]): string {
  const width = Math.max(...statements.map((statement) => statement.outputs.length));
  const selects = statements.flatMap((statement, i) => {
    if (statement.outputs.length === 0) return [];
    const columns = Array.from({ length: width }, (_, column) =>
      column < statement.outputs.length ? `"c${String(column)}"::text` : `null::text as "c${String(column)}"`,
    );
    return [`select ${String(i)} as "s", ${columns.join(", ")} from "s${String(i)}"`];
  });
  return selects.length === 0 ? "select 0 where false" : selects.join(" union all ");
}

function startRendering(
  statement: AnyStatement,
  options: CompileContext & Pick<Rendering, "head" | "offset" | "rows">,
): Rendering {
  return { ...options, statement, bound: [], encoders: [] };
}

function render(node: SqlNode, rendering: Rendering): string {
  if ("info" in node) return renderTable(node.info, rendering);
  switch (node.node) {
    case "fragment":
      return node.strings.reduce((text, part, i) => {
        const inner = node.nodes[i - 1];
        return text + (inner === undefined ? "" : render(inner, rendering)) + part;
      });
    case "column":
      return renderColumn(node);
    case "parameter":
      return renderParameter(node, rendering);
    case "row":
      return renderRow(rendering);
    case "values":
      return renderValues(node.parameters, rendering);
    case "guard":
      return rendering.head ? ` and exists (select 1 from ${quoteIdentifier(rendering.head)})` : "";
    case "dialect":
      return render(node[rendering.dialect.name], rendering);
  }
}

function renderValues(parameters: readonly Parameter<unknown>[], rendering: Rendering): string {
  const { head, rows, dialect, offset } = rendering;
  const first = parameters.map((parameter) => renderParameter(parameter, rendering)).join(", ");
  // Of an insert that takes rows these are all its parameters, so every row has as many.
  const others = Array.from({ length: rows - 1 }, (_, row) =>
    parameters
      .map(({ type }, i) => dialect.placeholder(offset + (row + 1) * parameters.length + i + 1, type))
      .join(", "),
  );
  if (head === null) return `values ${[first, ...others].map((row) => `(${row})`).join(", ")}`;
  return [first, ...others].map((row) => `select ${row} from ${quoteIdentifier(head)}`).join(" union all ");
}

function renderTable(table: TableInfo, { dialect, namespace }: Rendering): string {
  const name = dialect.tableName(namespace, table.name);
  return table.alias === null ? name : `${name} as ${quoteIdentifier(table.alias)}`;
}

function renderColumn(column: Column<unknown>): string {
  const name = quoteIdentifier(column.name);
  return column.alias === null ? name : `${quoteIdentifier(column.alias)}.${name}`;
}

// SQLite's placeholders carry no number (better-sqlite3 takes ?1 for a name), so a parameter used twice is
// bound twice there; PostgreSQL's are numbered, and one used twice keeps its number.
function renderParameter(parameter: Parameter<unknown>, rendering: Rendering): string {
  const { bound, dialect, offset } = rendering;
  const known = dialect.name === "postgres" ? bound.findIndex((other) => other.name === parameter.name) : -1;
  const index = known >= 0 ? known : bound.push(parameter) - 1;
  if (known < 0) rendering.encoders.push(dialect.encoder(parameter.type));
  return dialect.placeholder(offset + index + 1, parameter.type);
}

function renderRow(rendering: Rendering): string {
  const { statement, dialect } = rendering;
  if (statement.outputs.length === 0) {
    throw new AuthError("statement_invalid", {
      message: `Statement ${statement.id} renders a row it does not declare`,
    });
  }
  return statement.outputs
    .map(
      ({ source }, i) => `${dialect.output(renderOutput(source, rendering), source.type)} as "c${String(i)}"`,
    )
    .join(", ");
}

function renderOutput(source: Column<unknown> | Expression<unknown>, rendering: Rendering): string {
  return source.node === "column" ? renderColumn(source) : `(${render(source.sql, rendering)})`;
}

function encodeCall(call: Call<unknown>, { bound, encoders, statement }: Rendering): unknown[] {
  return bound.map((parameter, i) => {
    const value = call.params[parameter.name];
    if (value === undefined || (value === null && !parameter.type.nullable)) {
      throw new AuthError("statement_invalid", {
        message: `Statement ${statement.id}: parameter ${parameter.name} has no value`,
      });
    }
    if (value !== null && !isStorable(value, parameter.type)) {
      throw new AuthError("statement_invalid", {
        message: `Statement ${statement.id}: parameter ${parameter.name} is not a valid ${parameter.type.kind}`,
      });
    }
    return encoders[i]!(value);
  });
}

type RowDecoder = (row: readonly unknown[], from: number) => unknown;

function rowDecoder(statement: AnyStatement, dialect: Dialect): RowDecoder {
  const columns = statement.outputs.map(({ name, source }) => ({
    name,
    decode: dialect.decoder(source.type),
  }));
  return (row, from) => {
    const decoded: Record<string, unknown> = {};
    for (let i = 0; i < columns.length; i += 1) decoded[columns[i]!.name] = columns[i]!.decode(row[from + i]);
    return decoded;
  };
}

function isRead(text: string): boolean {
  return /^\s*select\b/i.test(text);
}
