import * as z from "zod/mini";

// An entry of its own, loaded with the routes: zod takes as long to import as everything else.
// The messages are ours and say nothing of the value: zod/mini has no texts of its own, and a value may be a
// password. Lengths only keep oversized text away from normalisation; what an e-mail address or a password may
// be is decided by the operation, for library calls too.

/**
 * Text of a route's input, of up to so many UTF-16 code units.
 *
 * @example
 * const input = strictInput({ note: boundedText(200) });
 */
export function boundedText(maxLength: number) {
  return z
    .string({ error: (issue) => (issue.input === undefined ? "is missing" : "must be text") })
    .check(z.maxLength(maxLength, `must be at most ${String(maxLength)} characters`));
}

/** The input of a route: an object with these fields and no other, whose refusal names them. */
export function strictInput<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const fields = Object.keys(shape).join(", ");
  const error = (issue: { readonly code?: string | undefined }): string =>
    issue.code === "unrecognized_keys" ? `has a field that is not one of: ${fields}` : "must be an object";
  return z.strictObject(shape, { error });
}

/**
 * Where the session token goes, for the input of a route with `output: "signedIn"`: into a cookie (browsers), or into the
 * answer's body with no cookie set (everything else).
 */
export const tokenDelivery = z.enum(["cookie", "body"], 'must be "cookie" or "body"');
