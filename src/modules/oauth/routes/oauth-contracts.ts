import type { Credential, RouteContract } from "../../../module.ts";
import { accountsShape, linkInput, startedShape, startInput } from "./oauth-schemas.ts";

/** Keeps the exact types of a contract. */
function contract<C extends Credential, Input, Output, Id extends string>(
  data: RouteContract<C, Input, Output, Id>,
): RouteContract<C, Input, Output, Id> {
  return data;
}

/** The routes of OAuth, in the order of the API description. */
export const oauthContracts = {
  start: contract({
    id: "oauth.start",
    method: "POST",
    path: "/oauth/:provider/start",
    summary: "Begin a sign-in at a provider: the address of its page",
    credential: "none",
    input: startInput,
    status: 200,
    output: startedShape,
    errors: ["invalid_input", "not_found", "oauth.provider_unavailable", "oauth.response_invalid"],
  }),
  callback: contract({
    id: "oauth.callback",
    method: "GET",
    path: "/oauth/:provider/callback",
    summary: "Where the provider sends the browser: signs in and sends it on",
    credential: "optional",
    input: null,
    status: 303,
    output: null,
    errors: ["not_found"],
  }),
  formCallback: contract({
    id: "oauth.formCallback",
    method: "POST",
    path: "/oauth/:provider/callback",
    summary:
      "The same for a provider that answers by a form, which comes without cookies: sends it to the callback",
    credential: "none",
    input: null,
    status: 303,
    output: null,
    crossSiteForm: true,
    errors: ["not_found"],
  }),
  link: contract({
    id: "oauth.link",
    method: "POST",
    path: "/oauth/:provider/link",
    summary: "Begin to link an account at a provider to one's own: the address of its page",
    credential: "session",
    input: linkInput,
    status: 200,
    output: startedShape,
    errors: [
      "unauthenticated",
      "session_not_fresh",
      "invalid_input",
      "not_found",
      "oauth.provider_unavailable",
      "oauth.response_invalid",
    ],
  }),
  listAccounts: contract({
    id: "oauth.listAccounts",
    method: "GET",
    path: "/oauth/accounts",
    summary: "The accounts at providers that sign in to the user's, oldest first",
    credential: "session",
    input: null,
    status: 200,
    output: accountsShape,
    errors: ["unauthenticated"],
  }),
  unlink: contract({
    id: "oauth.unlink",
    method: "DELETE",
    path: "/oauth/accounts/:account",
    summary: "Take one of them away",
    credential: "session",
    input: null,
    status: 204,
    output: null,
    errors: ["unauthenticated", "session_not_fresh", "not_found", "oauth.last_way_in"],
  }),
} as const;
