import * as z from "zod/mini";

function text(maxLength: number) {
  return z
    .string({ error: (issue) => (issue.input === undefined ? "is missing" : "must be text") })
    .check(z.maxLength(maxLength, `must be at most ${String(maxLength)} characters`));
}

function input<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const fields = Object.keys(shape).join(", ");
  const error = (issue: { readonly code?: string | undefined }): string =>
    issue.code === "unrecognized_keys" ? `has a field that is not one of: ${fields}` : "must be an object";
  return z.strictObject(shape, { error });
}

const code = text(100);
const method = z.enum(["totp", "email", "recoveryCode"], 'must be "totp", "email" or "recoveryCode"');

export const answerInput = input({
  method,
  code,
  /** Where no cookie holds it. */
  token: z.optional(text(100)),
  trustDevice: z.optional(z.boolean("must be true or false")),
  tokenDelivery: z.optional(z.enum(["cookie", "body"], 'must be "cookie" or "body"')),
});

export const sendCodeInput = input({ token: z.optional(text(100)) });

export const confirmInput = input({ code });

export const proofInput = input({ method, code });

export const statusShape = z.strictObject({
  enabled: z.boolean(),
  factors: z.array(z.enum(["totp", "email"])),
  recoveryCodesLeft: z.number(),
});

export const offerShape = z.strictObject({ secret: z.string(), uri: z.string() });

export const changeShape = z.strictObject({ recoveryCodes: z.nullable(z.array(z.string())) });

export const codesShape = z.strictObject({ recoveryCodes: z.array(z.string()) });

export const forgottenShape = z.strictObject({ forgotten: z.number() });
