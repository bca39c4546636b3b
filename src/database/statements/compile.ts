import { AuthError } from "../../errors.ts";
import { quoteIdentifier, type Dialect } from "../dialects/dialect.ts";
import { Bindings } from "./bindings.ts";
import { groupRows, isGuarded, type RowGroup } from "./group-rows.ts";
import { render, type AnyStatement, type CompileContext, type Rendering } from "./render.ts";
import type { Call, Heads } from "./statement.ts";

export type { AnyStatement, CompileContext } from "./render.ts";

/** Text ready for a driver, with the ways in and out. */
export interface Compiled {
  readonly ids: readonly string[];
  readonly text: string;
  readonly hot: boolean;
  /** True when nothing is written: such a statement may be sent again after a lost connection. */
  readonly reads: boolean;
  /** Whether the text is right for other calls of the same statements. */
  fits(calls: readonly Call<unknown>[]): boolean;
  encode(calls: readonly Call<unknown>[]): unknown[];
  /** The rows of each call, in order. */
  decode(rows: readonly (readonly unknown[])[]): unknown[][];
}

/** Compiles one statement. */
export function compileOne(statement: AnyStatement, context: CompileContext): Compiled {
  const bindings = new Bindings(context.dialect);
  const text = render(statement.body, { ...context, statement, bindings, head: null, call: 0, rows: [0] });
  const decode = rowDecoder(statement, context.dialect);
  return {
    ids: [statement.id],
    text,
    hot: statement.hot,
    reads: isRead(text),
    fits: () => true,
    encode: (calls) => bindings.encode(calls),
    decode: (rows) => [rows.map((row) => decode(row, 0))],
  };
}

/**
 * Joins calls into one `with`. It is atomic by itself, and foreign keys are checked at its end. All outputs travel as text
 * behind the number of the call they belong to.
 */
export function compileTogether(
  calls: readonly Call<unknown>[],
  options: CompileContext & { readonly heads: Heads },
): Compiled {
  const statements = calls.map((call) => call.statement);
  const bindings = new Bindings(options.dialect, calls);
  const parts = groupRows(statements, options.heads).map((group) =>
    renderPart(group, { ...options, bindings, statements }),
  );
  const decoders = statements.map((statement) => rowDecoder(statement, options.dialect));
  return {
    ids: statements.map((statement) => statement.id),
    text: `with ${parts.join(", ")} ${unionOf(statements)}`,
    hot: statements[0]!.hot,
    reads: false,
    fits: (others) => bindings.fits(others),
    encode: (given) => bindings.encode(given),
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

function renderPart(
  { statement, head, places }: RowGroup,
  {
    statements,
    ...options
  }: Pick<Rendering, "dialect" | "namespace" | "bindings"> & { readonly statements: readonly AnyStatement[] },
): string {
  const rendering: Rendering = {
    ...options,
    statement,
    head:
      head === null
        ? null
        : { name: headName(head, { of: statement, among: statements }), statement: statements[head]! },
    call: places[0]!,
    rows: places,
  };
  return `${quoteIdentifier(`s${String(places[0])}`)} as (${render(statement.body, rendering)})`;
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
