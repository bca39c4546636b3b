import * as z from "zod/mini";
import { boundedText, strictInput } from "../../../contract/route-input.ts";
import { defineContract } from "../../../module.ts";

/** The routes of new passwords, in the order of the API description. */
export const passwordResetContracts = {
  request: defineContract({
    id: "passwordReset.request",
    method: "POST",
    path: "/password-reset/request",
    summary: "Mail a link to a new password to the owner of an address",
    credential: "none",
    input: strictInput({ email: boundedText(320) }),
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
    input: strictInput({ token: boundedText(100), password: boundedText(4096) }),
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
