import { AuthError } from "../../errors.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const maxDepth = 8;
/** Keys that reach a prototype when an object is copied carelessly; no input of ours has them. */
const forbiddenKeys = new Set(["__proto__", "constructor", "prototype"]);

/**
 * The value of a JSON text (RFC 8259), held to what I-JSON (RFC 7493) asks: UTF-8, no key twice in one object,
 * no lone surrogates. Beyond that: no NUL, at most 8 levels, no key that names a prototype.
 *
 * Databases disagree about NUL and ill-formed text (PostgreSQL refuses and aborts the transaction, SQLite
 * stores half of it), and parsers disagree about keys that come twice; so neither gets past this point.
 *
 * Throws `invalid_input`.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  const value = parse(text);
  refuseHarmful(value, 0);
  refuseDuplicateKeys(text);
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw refused("is not UTF-8");
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own message quotes the body, which may hold a password.
    throw refused("is not JSON");
  }
}

function refuseHarmful(value: unknown, depth: number): void {
  if (typeof value === "string") return refuseIllFormed(value);
  if (typeof value !== "object" || value === null) return;
  if (depth === maxDepth) throw refused(`is nested deeper than ${maxDepth} levels`);
  for (const key of Object.keys(value)) {
    if (forbiddenKeys.has(key)) throw refused("has a key that is not allowed");
    refuseIllFormed(key);
    refuseHarmful((value as Record<string, unknown>)[key], depth + 1);
  }
}

function refuseIllFormed(text: string): void {
  if (text.includes("\0") || /\p{Surrogate}/u.test(text))
    throw refused("has text with a NUL or half a character");
}

/** Walks the tokens of a text already known to be JSON. `JSON.parse` keeps the last of two equal keys and says nothing. */
function refuseDuplicateKeys(text: string): void {
  const keysOfOpenObjects: (Set<string> | null)[] = [];
  let lastString = "";
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === "{") keysOfOpenObjects.push(new Set());
    else if (token === "[") keysOfOpenObjects.push(null);
    else if (token === "}" || token === "]") keysOfOpenObjects.pop();
    else if (token === ":") addKey(keysOfOpenObjects.at(-1), lastString);
    else lastString = token;
  }
}

function addKey(keys: Set<string> | null | undefined, literal: string): void {
  const key = JSON.parse(literal) as string;
  if (keys?.has(key) === true) throw refused("has the same key twice");
  keys?.add(key);
}

function refused(message: string): AuthError {
  return new AuthError("invalid_input", {
    message: "The request body cannot be used.",
    data: { issues: [{ path: "", message }] },
  });
}
