import * as z from "zod/mini";
import { defineContract, implementRoute, type Route } from "../../../module.ts";
import type { PasswordReset } from "../password-reset.ts";

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

const contracts = {
  request: defineContract({
    id: "passwordReset.request",
    method: "POST",
    path: "/password-reset/request",
    summary: "Mail a link to a new password to the owner of an address",
    credential: "none",
    input: input({ email: text(320) }),
    status: 202,
    output: z.strictObject({ accepted: z.literal(true) }),
    errors: ["invalid_input", "too_many_requests"],
  }),
  reset: defineContract({
    id: "passwordReset.reset",
    method: "POST",
    path: "/password-reset",
    summary: "Set a new password by a mailed link; every session ends",
    credential: "none",
    input: input({ token: text(100), password: text(4096) }),
    status: 204,
    output: null,
    errors: [
      "invalid_input",
      "password_rejected",
      "passwordReset.link_gone",
      "too_many_requests",
      "overloaded",
    ],
  }),
} as const;

export function passwordResetRoutes(api: PasswordReset): readonly Route[] {
  return [
    implementRoute(contracts.request, async ({ input: { email }, context }) => {
      await api.request({ email }, context);
      return { body: { accepted: true as const } };
    }),
    implementRoute(contracts.reset, async ({ input: given, context }) => {
      await api.reset(given, context);
      return { body: null };
    }),
  ];
}
