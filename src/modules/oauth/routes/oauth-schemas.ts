import * as z from "zod/mini";

const timestamp = z.iso.datetime();

function input<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const fields = Object.keys(shape).join(", ");
  const error = (issue: { readonly code?: string | undefined }): string =>
    issue.code === "unrecognized_keys" ? `has a field that is not one of: ${fields}` : "must be an object";
  return z.strictObject(shape, { error });
}

const target = z.string("must be text").check(z.maxLength(2000, "must be at most 2000 characters"));

export const startInput = input({
  redirectTo: z.optional(target),
  signUpFields: z.optional(z.record(z.string(), z.unknown(), "must be an object")),
});

export const linkInput = input({ redirectTo: z.optional(target) });

export const startedShape = z.strictObject({ url: z.string() });

export const accountsShape = z.strictObject({
  accounts: z.array(
    z.strictObject({
      id: z.uuid(),
      provider: z.string(),
      email: z.nullable(z.string()),
      linkedAt: timestamp,
    }),
  ),
});
