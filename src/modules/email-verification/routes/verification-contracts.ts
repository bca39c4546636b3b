import * as z from "zod/mini";
import { boundedText, strictInput, tokenDelivery } from "../../../contract/route-input.ts";
import { defineContract } from "../../../module.ts";

const confirmInput = strictInput({
  /** Of the link; or the code. */
  token: z.optional(boundedText(100)),
  code: z.optional(boundedText(100)),
  /** Where no cookie holds it. */
  pendingToken: z.optional(boundedText(100)),
  tokenDelivery: z.optional(tokenDelivery),
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
    input: strictInput({ pendingToken: z.optional(boundedText(100)) }),
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
    input: strictInput({ email: boundedText(320) }),
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
    input: strictInput({ token: boundedText(100) }),
    status: 204,
    output: null,
    errors: ["invalid_input", "user_exists", "emailVerification.link_gone", "too_many_requests"],
  }),
} as const;
