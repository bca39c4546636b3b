/** The kinds of value a column or a parameter can hold; each dialect maps them to its own types. */
export type ValueKind = "text" | "uuid" | "timestamp" | "integer" | "boolean" | "bytes" | "json";

/** A value kind with the TypeScript type it is read and written as. */
export interface ValueType<T> {
  readonly kind: ValueKind;
  readonly nullable: boolean;
  /** Never set: carries `T` for inference. */
  readonly valueOf_?: T;
}

function valueType<T>(kind: ValueKind): ValueType<T> {
  return { kind, nullable: false };
}

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export const text: ValueType<string> = valueType("text");
export const uuid: ValueType<string> = valueType("uuid");
/** Milliseconds are kept, microseconds are not. */
export const timestamp: ValueType<Date> = valueType("timestamp");
/** A whole number within ±2^53. */
export const integer: ValueType<number> = valueType("integer");
export const boolean: ValueType<boolean> = valueType("boolean");
export const bytes: ValueType<Uint8Array> = valueType("bytes");
export const json: ValueType<JsonValue> = valueType("json");

export function nullable<T>(type: ValueType<T>): ValueType<T | null> {
  return { kind: type.kind, nullable: true };
}

/** False for a date or number that some driver binds as NULL, rounds, or refuses in its own words. */
export function isStorable(value: unknown, { kind }: ValueType<unknown>): boolean {
  if (kind === "integer") return typeof value === "bigint" || Number.isSafeInteger(value);
  return kind !== "timestamp" || Number.isFinite((value as Date).getTime());
}
