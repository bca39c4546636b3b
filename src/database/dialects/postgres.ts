import type { ValueKind } from "../statements/value-type.ts";
import { nullPassing, quoteIdentifier, readers, type Dialect } from "./dialect.ts";

const casts: Record<ValueKind, string> = {
  text: "text",
  uuid: "uuid",
  timestamp: "timestamptz",
  integer: "int8",
  boolean: "bool",
  bytes: "bytea",
  json: "jsonb",
};

// Every output is cast: a host that retypes a column (varchar to text) then changes no result type, so the
// cached plan stays valid. Times leave as epoch milliseconds because their text depends on DateStyle; date_part
// computes in binary floating point, exact to far below a millisecond, in half the time of extract's numeric.
const outputs: Record<ValueKind, (expression: string) => string> = {
  text: (expression) => `${expression}::text`,
  uuid: (expression) => `${expression}::text`,
  timestamp: (expression) => `(date_part('epoch', ${expression}) * 1000)::int8`,
  integer: (expression) => `${expression}::int8`,
  boolean: (expression) => `${expression}::bool`,
  bytes: (expression) => `encode(${expression}, 'hex')`,
  json: (expression) => `${expression}::text`,
};

/** Back from what `outputs` made of them. */
const inputs: Record<ValueKind, (output: string) => string> = {
  text: (output) => output,
  uuid: (output) => `${output}::uuid`,
  // In whole seconds and the rest: as a single floating-point number, a far moment would lose its microseconds.
  timestamp: (output) => `(to_timestamp(${output} / 1000) + ${output} % 1000 * interval '1 millisecond')`,
  integer: (output) => output,
  boolean: (output) => output,
  bytes: (output) => `decode(${output}, 'hex')`,
  json: (output) => `${output}::jsonb`,
};

const encoders: Record<ValueKind, (value: unknown) => unknown> = {
  text: (value) => value,
  uuid: (value) => value,
  timestamp: (value) => (value as Date).toISOString(),
  integer: (value) => value,
  boolean: (value) => value,
  bytes: (value) => Buffer.from(value as Uint8Array),
  json: (value) => JSON.stringify(value),
};

export const postgresDialect: Dialect = {
  name: "postgres",
  joinsStatements: true,
  placeholder: (position, type) => `$${String(position)}::${casts[type.kind]}`,
  output: (expression, type) => outputs[type.kind](expression),
  input: (output, type) => inputs[type.kind](output),
  encoder: (type) => nullPassing(encoders[type.kind]),
  decoder: (type) =>
    nullPassing(type.kind === "bytes" ? (value) => Buffer.from(value as string, "hex") : readers[type.kind]),
  tableName: (namespace, table) =>
    `${quoteIdentifier(namespace.schema)}.${quoteIdentifier(namespace.prefix + table)}`,
};
