import { AuthError } from "../../errors.ts";
import type { Namespace } from "../database.ts";
import { quoteIdentifier, type Dialect } from "../dialects/dialect.ts";
import type { Bindings } from "./bindings.ts";
import type { Expression, Parameter, SqlNode } from "./fragment.ts";
import { noSuchOutput } from "./head-value.ts";
import type { Statement } from "./statement.ts";
import type { Column, TableInfo } from "./table.ts";

/** Any statement, its parameter and row types left out. */
export type AnyStatement = Statement<never, unknown>;

export interface CompileContext {
  readonly dialect: Dialect;
  readonly namespace: Namespace;
}

/** What rendering needs to know, and where it leaves what it bound. */
export interface Rendering extends CompileContext {
  readonly statement: AnyStatement;
  /** The chain's head when this statement is chained to one, under its name in the text. */
  readonly head: { readonly name: string; readonly statement: AnyStatement } | null;
  readonly bindings: Bindings;
  /** The number of the call that is rendered, and of all whose rows go into one insert. */
  readonly call: number;
  readonly rows: readonly number[];
  /** True where the head is among the tables. */
  readonly besideHead?: boolean;
}

/** The text of a node. */
export function render(node: SqlNode, rendering: Rendering): string {
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
      return renderValues(node.nodes, rendering);
    case "guard":
      return rendering.head ? ` and exists (select 1 from ${quoteIdentifier(rendering.head.name)})` : "";
    case "dialect":
      return render(node[rendering.dialect.name], rendering);
  }
}

function renderValues(nodes: readonly SqlNode[], rendering: Rendering): string {
  const { head } = rendering;
  const rows = rendering.rows.map((call) =>
    nodes.map((node) => render(node, { ...rendering, call, besideHead: true })).join(", "),
  );
  if (head === null) return `values ${rows.map((row) => `(${row})`).join(", ")}`;
  return rows.map((row) => `select ${row} from ${quoteIdentifier(head.name)}`).join(" union all ");
}

function renderTable(table: TableInfo, { dialect, namespace }: Rendering): string {
  const name = dialect.tableName(namespace, table.name);
  return table.alias === null ? name : `${name} as ${quoteIdentifier(table.alias)}`;
}

function renderColumn(column: Column<unknown>): string {
  const name = quoteIdentifier(column.name);
  return column.alias === null ? name : `${quoteIdentifier(column.alias)}.${name}`;
}

function renderParameter(parameter: Parameter<unknown>, rendering: Rendering): string {
  const { bindings, call, head, dialect, statement, besideHead } = rendering;
  const place = { call, parameter };
  const value = bindings.headValue(place);
  if (value === null || head === null) return bindings.placeholder(place);
  const output = head.statement.outputs.findIndex(({ name }) => name === value.name);
  if (head.statement.outputs[output]?.source.type.kind !== parameter.type.kind) {
    throw noSuchOutput(statement, value);
  }
  const [column, name] = [`"c${String(output)}"`, quoteIdentifier(head.name)];
  const found = besideHead === true ? `${name}.${column}` : `(select ${column} from ${name})`;
  return dialect.input(found, parameter.type);
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
