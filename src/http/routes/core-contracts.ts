import * as z from "zod/mini";

import {
  changePasswordInput,
  confirmPasswordInput,
  deleteUserInput,
  signInInput,
  signUpInput,
} from "./core-inputs.ts";
import type { Credential, RouteContract } from "../../contract/route.ts";
import type { Schema } from "../../contract/schema.ts";
import { sessionShape, signedInShape, userShape } from "./shapes.ts";

/** Keeps the exact types of a contract, so that a client can be typed from the table. */
function contract<C extends Credential, Input, Output, Id extends string>(
  data: Contract<C, Input, Output, Id>,
): Contract<C, Input, Output, Id> {
  return data;
}

const passwordChangedShape = z.strictObject({
  user: userShape,
  session: sessionShape,
  token: z.optional(z.string()),
});

type Contract<C extends Credential, Input, Output, Id extends string> = RouteContract<
  C,
  Input,
  Output,
  Id
> & { readonly output: Schema<Output> | null };

/** The routes of the core, in the order of the API description. */
export const coreContracts = {
  signUp: contract({
    id: "signUp",
    method: "POST",
    path: "/sign-up",
    summary: "Create an account and sign in to it",
    credential: "optional",
    input: signUpInput,
    status: 201,
    output: signedInShape,
    errors: ["invalid_input", "password_rejected", "user_exists", "too_many_requests", "overloaded"],
  }),
  signIn: contract({
    id: "signIn",
    method: "POST",
    path: "/sign-in",
    summary: "Sign in with an e-mail address and a password",
    credential: "optional",
    input: signInInput,
    status: 200,
    output: signedInShape,
    errors: ["invalid_input", "invalid_credentials", "too_many_requests", "overloaded"],
  }),
  signOut: contract({
    id: "signOut",
    method: "POST",
    path: "/sign-out",
    summary: "End the current session, if there is one",
    credential: "optional",
    input: null,
    status: 204,
    output: null,
    errors: [],
  }),
  getSession: contract({
    id: "getSession",
    method: "GET",
    path: "/session",
    summary: "The current session and its user",
    credential: "session",
    input: null,
    status: 200,
    output: z.strictObject({ user: userShape, session: sessionShape }),
    errors: ["unauthenticated"],
  }),
  listSessions: contract({
    id: "listSessions",
    method: "GET",
    path: "/sessions",
    summary: "The user's sessions on all devices",
    credential: "session",
    input: null,
    status: 200,
    output: z.strictObject({
      sessions: z.array(z.strictObject({ ...sessionShape.def.shape, current: z.boolean() })),
    }),
    errors: ["unauthenticated"],
  }),
  revokeSession: contract({
    id: "revokeSession",
    method: "DELETE",
    path: "/sessions/:id",
    summary: "End one of the user's sessions",
    credential: "session",
    input: null,
    status: 204,
    output: null,
    errors: ["unauthenticated", "not_found"],
  }),
  revokeOtherSessions: contract({
    id: "revokeOtherSessions",
    method: "DELETE",
    path: "/sessions",
    summary: "End all of the user's sessions but the current one",
    credential: "session",
    input: null,
    status: 200,
    output: z.strictObject({ revoked: z.number() }),
    errors: ["unauthenticated"],
  }),
  changePassword: contract({
    id: "changePassword",
    method: "POST",
    path: "/password/change",
    summary: "Change the password; every other session ends and the current one gets a new token",
    credential: "token",
    input: changePasswordInput,
    status: 200,
    output: passwordChangedShape,
    errors: [
      "unauthenticated",
      "invalid_credentials",
      "invalid_input",
      "password_rejected",
      "session_not_fresh",
      "too_many_requests",
      "overloaded",
    ],
  }),
  confirmPassword: contract({
    id: "confirmPassword",
    method: "POST",
    path: "/password/confirm",
    summary: "Give the password again, for what asks for a recent proof of who one is",
    credential: "token",
    input: confirmPasswordInput,
    status: 200,
    output: z.strictObject({ user: userShape, session: sessionShape }),
    errors: ["unauthenticated", "invalid_credentials", "invalid_input", "too_many_requests", "overloaded"],
  }),
  deleteUser: contract({
    id: "deleteUser",
    method: "DELETE",
    path: "/user",
    summary: "Delete the user's own account, confirmed with the password",
    credential: "token",
    input: deleteUserInput,
    status: 204,
    output: null,
    errors: [
      "unauthenticated",
      "invalid_credentials",
      "invalid_input",
      "session_not_fresh",
      "too_many_requests",
      "overloaded",
    ],
  }),
  health: contract({
    id: "health",
    method: "GET",
    path: "/health",
    summary: "Whether the database answers",
    credential: "none",
    input: null,
    status: 200,
    output: z.strictObject({ status: z.literal("ok") }),
    errors: ["database_unavailable"],
  }),
} as const;
