import { AuthError } from "../../errors.ts";

// Control characters (NUL among them, which PostgreSQL refuses) and halves of surrogate pairs.
const unstorable = /[\p{Cc}\p{Cs}]/u;
const everyUnstorable = /[\p{Cc}\p{Cs}]+/gu;

/**
 * Reads a short text that people see, such as a name. Empty or missing is `null`.
 *
 * @throws AuthError `invalid_input` for another type, control characters, half a character, or too many characters.
 */
export function parsePlainText(
  value: unknown,
  options: { readonly path: string; readonly maxLength: number },
): string | null {
  if (value === undefined || value === null) return null;
  const { path, maxLength } = options;
  if (typeof value !== "string") throw invalidText(path, "Must be text");
  if (value.length > maxLength)
    throw invalidText(path, `Must not be longer than ${String(maxLength)} characters`);
  if (unstorable.test(value)) throw invalidText(path, "Must not contain control characters");
  const trimmed = value.trim();
  return trimmed === "" ? null : trimmed;
}

/** Makes any text storable and no longer than `maxLength` UTF-16 units; anything that is no text is `null`. Never throws. */
export function cleanText(value: unknown, maxLength: number): string | null {
  if (typeof value !== "string") return null;
  const cut = value.slice(0, maxLength).replace(everyUnstorable, " ").trim();
  return cut === "" ? null : cut;
}

function invalidText(path: string, message: string): AuthError {
  return new AuthError("invalid_input", {
    message: `${path} is not valid`,
    data: { issues: [{ path, message }] },
  });
}
