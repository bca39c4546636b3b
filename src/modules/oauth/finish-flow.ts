import {
  isAuthError,
  isPending,
  readClientDetails,
  type AuthError,
  type RouteAnswer,
  type RouteCall,
} from "../../module.ts";
import { enter } from "./enter.ts";
import { takeFlow, type Flow } from "./flow.ts";
import { linkAccount } from "./linked-accounts.ts";
import type { OAuthEnvironment } from "./oauth-environment.ts";
import { redirectUriOf, requireProvider } from "./oauth-settings.ts";
import { askProvider, type Told } from "./protocol/ask-provider.ts";
import type { OAuthProvider } from "./protocol/provider.ts";

/** What the person can be told; of anything else the operator is, and the page is one of the server's failures. */
const told = ["invalid_input", "sign_in_refused", "too_many_requests", "user_exists"] as const;

/**
 * Takes somebody back from a provider: signs in, or links, and sends the browser to a page of the application.
 * @throws AuthError `not_found`, and failures of the database
 */
export async function finishFlow(environment: OAuthEnvironment, call: RouteCall): Promise<RouteAnswer<null>> {
  const { settings, log } = environment;
  const provider = requireProvider(settings, call.params["provider"]);
  const { context, query } = call;
  const flow = await takeFlow(environment, { provider, state: query["state"], context });
  if (flow === null) return toErrorPage(environment, { provider, code: "oauth.state_invalid" });
  try {
    await environment.attempt({ action: "oauth.finish", client: readClientDetails(context), account: null });
    const { verifier, nonce } = flow;
    const redirectUri = redirectUriOf(settings, provider);
    const who = await askProvider(environment, { provider, parameters: query, redirectUri, verifier, nonce });
    return await arrive(environment, { call, flow, told: who });
  } catch (error) {
    if (!isAuthError(error) || !isTold(error)) throw error;
    if (error.cause !== undefined) log(`${error.code} by ${provider.id}`, error.cause);
    return toErrorPage(environment, { provider, code: error.code });
  }
}

async function arrive(
  environment: OAuthEnvironment,
  { call, flow, told: who }: { readonly call: RouteCall; readonly flow: Flow; readonly told: Told },
): Promise<RouteAnswer<null>> {
  const { context, token } = call;
  const { redirectTo: location, fields, link } = flow;
  if (link !== null) {
    await linkAccount(environment, { link, told: who, token, client: readClientDetails(context) });
    return { body: null, location };
  }
  const result = await enter(environment, { told: who, fields, context });
  const { cookies = {} } = await environment.answerSignIn(call, result);
  if (!isPending(result)) return { body: null, location, cookies };
  const { step } = result.pending;
  return { body: null, location: withParameters(environment.settings.pages.pending, { step }), cookies };
}

function toErrorPage(
  { settings }: OAuthEnvironment,
  { provider, code }: { readonly provider: OAuthProvider; readonly code: string },
): RouteAnswer<null> {
  return {
    body: null,
    location: withParameters(settings.pages.error, { error: code, provider: provider.id }),
  };
}

function withParameters(page: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(page);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

function isTold({ code }: AuthError): boolean {
  return code.includes(".") || told.some((one) => one === code);
}
