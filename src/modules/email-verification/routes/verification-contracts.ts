import * as z from "zod/mini";
import { defineContract } from "../../../module.ts";

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

const confirmInput = input({
  /** Of the link; or the code. */
  token: z.optional(text(100)),
  code: z.optional(text(100)),
  /** Where no cookie holds it. */
  pendingToken: z.optional(text(100)),
  tokenDelivery: z.optional(z.enum(["cookie", "body"], 'must be "cookie" or "body"')),
});

/** With what every sign-in answers, where one waited. */
const confirmedShape = z.looseObject({ verified: z.literal(true) });

/** The routes of addresses, in the order of the API description. */
export const verificationContracts = {
  confirm: defineContract({
    id: "emailVerification.confirm",
    method: "POST",
    path: "/email-verification/confirm",
    summary: "Confirm an address by a mailed link or code; a sign-in that waits for it goes on",
    credential: "optional",
    input: confirmInput,
    status: 200,
    output: confirmedShape,
    errors: [
      "invalid_input",
      "user_exists",
      "sign_in_refused",
      "emailVerification.code_wrong",
      "emailVerification.challenge_gone",
      "emailVerification.link_gone",
      "too_many_requests",
    ],
  }),
  send: defineContract({
    id: "emailVerification.send",
    method: "POST",
    path: "/email-verification/send",
    summary: "Mail another link and code",
    credential: "optional",
    input: input({ pendingToken: z.optional(text(100)) }),
    status: 204,
    output: null,
    errors: [
      "invalid_input",
      "emailVerification.challenge_gone",
      "emailVerification.already_verified",
      "too_many_requests",
    ],
  }),
  change: defineContract({
    id: "emailVerification.change",
    method: "POST",
    path: "/email-verification/change",
    summary: "Mail a link and a code to a new address of the user",
    credential: "session",
    input: input({ email: text(320) }),
    status: 202,
    output: z.strictObject({ accepted: z.literal(true) }),
    errors: ["unauthenticated", "session_not_fresh", "invalid_input", "too_many_requests"],
  }),
  undo: defineContract({
    id: "emailVerification.undo",
    method: "POST",
    path: "/email-verification/undo",
    summary: "Take back a change of the address by a mailed link; every session ends",
    credential: "none",
    input: input({ token: text(100) }),
    status: 204,
    output: null,
    errors: ["invalid_input", "user_exists", "emailVerification.link_gone", "too_many_requests"],
  }),
} as const;
