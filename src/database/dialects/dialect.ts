import type { DialectName, Namespace } from "../database.ts";
import type { ValueType } from "../statements/value-type.ts";

/** What differs between the two databases when a statement is compiled. */
export interface Dialect {
  readonly name: DialectName;
  /** The placeholder of the `position`-th parameter (from 1), cast so that its type is never guessed. */
  placeholder(position: number, type: ValueType<unknown>): string;
  /** An output in the form that `decoder` reads, whatever type parsers the driver has. */
  output(expression: string, type: ValueType<unknown>): string;
  /** An output of one statement as a value of that type in another, where statements are joined. */
  input(output: string, type: ValueType<unknown>): string;
  encoder(type: ValueType<unknown>): (value: unknown) => unknown;
  decoder(type: ValueType<unknown>): (value: unknown) => unknown;
  tableName(namespace: Namespace, table: string): string;
  /** Whether `together` steps become one statement. */
  readonly joinsStatements: boolean;
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

const truths: ReadonlySet<unknown> = new Set([true, 1, 1n, "1", "t", "true"]);

/** Shared by both dialects: every driver's spelling of a value, made one. */
export const readers = {
  text: (value: unknown): unknown => value,
  uuid: (value: unknown): unknown => value,
  timestamp: (value: unknown): unknown => new Date(Number(value)),
  integer: (value: unknown): unknown => Number(value),
  boolean: (value: unknown): unknown => truths.has(value),
  json: (value: unknown): unknown => (typeof value === "string" ? (JSON.parse(value) as unknown) : value),
};

/** NULL passes through both ways. */
export function nullPassing(convert: (value: unknown) => unknown): (value: unknown) => unknown {
  return (value) => (value === null || value === undefined ? null : convert(value));
}
