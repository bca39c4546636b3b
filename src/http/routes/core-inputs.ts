import * as z from "zod/mini";

// The messages are ours and say nothing of the value: zod/mini has no texts of its own, and a value may be a
// password. Lengths only keep oversized text away from normalisation; what an e-mail address or a password may
// be is decided in the core, for library calls too.

function text(maxLength: number) {
  return z
    .string({ error: (issue) => (issue.input === undefined ? "is missing" : "must be text") })
    .check(z.maxLength(maxLength, `must be at most ${maxLength} characters`));
}

function input<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const fields = Object.keys(shape).join(", ");
  const error = (issue: { readonly code?: string | undefined }): string =>
    issue.code === "unrecognized_keys" ? `has a field that is not one of: ${fields}` : "must be an object";
  return z.strictObject(shape, { error });
}

const email = text(320);
const password = text(4096);
const deviceToken = text(256);

/** Where the session token goes: into a cookie (browsers), or into the answer's body with no cookie set (everything else). */
const tokenDelivery = z.enum(["cookie", "body"], 'must be "cookie" or "body"');

export const signUpInput = input({
  email,
  password,
  name: z.optional(z.nullable(text(400))),
  tokenDelivery: z.optional(tokenDelivery),
});

export const signInInput = input({
  email,
  password,
  tokenDelivery: z.optional(tokenDelivery),
  deviceToken: z.optional(deviceToken),
});

export const changePasswordInput = input({ currentPassword: password, newPassword: password });

export const confirmPasswordInput = input({ password });

export const deleteUserInput = input({ password });
