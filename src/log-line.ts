// Together they bound a line, whatever hangs on an error: drivers put clients and sockets there.
const maximumText = 4096;
const maximumCharacters = 16_384;
const maximumValues = 200;
const maximumDepth = 6;

/** What JSON leaves as it is and a terminal or a log reader may take for the end of a line or a command. */
const unprintable = /[\u007f-\u009f\u200e\u200f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069]/g;

/** How far a line has come. */
interface Place {
  readonly depth: number;
  readonly left: { values: number; characters: number };
}

/**
 * One entry as one line of JSON without its end: control characters escaped, errors with code, stack and causes,
 * long texts cut, and what is deep or too much left out; never above 100 KB. Never throws.
 */
export function toLogLine({ event, ...details }: { readonly event: string }): string {
  const line = JSON.stringify({ source: "wispy-auth", event, ...toJson(details) });
  return line.replaceAll(unprintable, escape);
}

function toJson(details: object): object {
  try {
    return fieldsOf(details, {
      depth: 0,
      left: { values: maximumValues, characters: maximumCharacters },
    });
  } catch {
    // A getter or a `toString` of the application's own error failed.
    return { details: "could not be read" };
  }
}

function valueOf(value: unknown, place: Place): unknown {
  place.left.values -= 1;
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  if (typeof value !== "object") return cut(String(value as string | bigint), place);
  if (place.depth >= maximumDepth) return "…";
  const inner = { ...place, depth: place.depth + 1 };
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `${String(value.byteLength)} bytes`;
  if (Array.isArray(value)) return whatIsLeft(value, inner).map((item) => valueOf(item, inner));
  return value instanceof Error ? errorOf(value, inner) : fieldsOf(value, inner);
}

/** Name, message, stack and cause are not enumerable, so they are named. */
function errorOf(error: Error, place: Place): object {
  const { name, message, stack, cause } = error;
  return {
    name: valueOf(name, place),
    message: valueOf(message, place),
    ...fieldsOf(error, place),
    ...(stack === undefined ? {} : { stack: valueOf(stack, place) }),
    ...(cause === undefined ? {} : { cause: valueOf(cause, place) }),
  };
}

function fieldsOf(value: object, place: Place): object {
  const fields = value as Readonly<Record<string, unknown>>;
  const names = whatIsLeft(Object.keys(fields), place);
  return Object.fromEntries(names.map((name) => [cut(name, place), valueOf(fields[name], place)]));
}

function whatIsLeft<T>(values: readonly T[], { left }: Place): readonly T[] {
  return values.slice(0, Math.max(0, left.values));
}

function cut(text: string, { left }: Place): string {
  const room = Math.max(0, Math.min(maximumText, left.characters));
  left.characters -= Math.min(text.length, room);
  return text.length > room ? `${text.slice(0, room)}…` : text;
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
