import type { ValueKind } from "../statements/value-type.ts";
import { nullPassing, quoteIdentifier, readers, type Dialect } from "./dialect.ts";

const encoders: Record<ValueKind, (value: unknown) => unknown> = {
  text: (value) => value,
  uuid: (value) => value,
  // node:sqlite binds a Date as NULL without a word: times are numbers before any driver sees them.
  timestamp: (value) => (value as Date).getTime(),
  integer: (value) => value,
  boolean: (value) => (value ? 1 : 0),
  bytes: (value) => Buffer.from(value as Uint8Array),
  json: (value) => JSON.stringify(value),
};

export const sqliteDialect: Dialect = {
  name: "sqlite",
  joinsStatements: false,
  placeholder: () => "?",
  output: (expression) => expression,
  input: (output) => output,
  encoder: (type) => nullPassing(encoders[type.kind]),
  decoder: (type) =>
    nullPassing(type.kind === "bytes" ? (value) => Buffer.from(value as Uint8Array) : readers[type.kind]),
  tableName: (namespace, table) => quoteIdentifier(namespace.prefix + table),
};
