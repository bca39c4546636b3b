import {
  AuthError,
  createToken,
  readClientDetails,
  type CurrentSession,
  type ModuleCookie,
  type RequestContext,
} from "../../module.ts";
import { openFlow, type Flow } from "./flow.ts";
import type { StartInput } from "./oauth-api.ts";
import type { OAuthEnvironment } from "./oauth-environment.ts";
import { redirectUriOf, requireProvider } from "./oauth-settings.ts";
import { authorizationUrl } from "./protocol/authorization-url.ts";
import { requireRedirectTarget } from "./redirect-target.ts";

/** As much as a row should hold of what strangers send. */
const maximumFieldsLength = 4096;

export interface Departure {
  /** The provider's page. */
  readonly url: string;
  readonly cookie: ModuleCookie;
}

/**
 * Sets out for a provider: to sign in, or to link the account of a session.
 * @throws AuthError `not_found`, `invalid_input`, `oauth.provider_unavailable`, `oauth.response_invalid`, and what modules refuse
 */
export async function startFlow(
  environment: OAuthEnvironment,
  { input, link }: { readonly input: StartInput; readonly link: Flow["link"] },
  context: RequestContext = {},
): Promise<Departure> {
  const { settings, servers, accounts, random } = environment;
  const provider = requireProvider(settings, input.provider);
  const { redirectTo = settings.pages.signedIn, signUpFields: fields = {} } = input;
  const target = requireRedirectTarget(redirectTo, settings.redirects);
  requireShort(fields);
  accounts.checkSignUpFields(fields);
  const client = readClientDetails(context);
  await environment.attempt({ action: "oauth.start", client, account: link?.userId ?? null });
  const server = await servers.find(provider);
  const { token: verifier } = createToken("oauth.verifier", random);
  const { token: nonce } = createToken("oauth.nonce", random);
  const flow = { verifier, nonce, redirectTo: target, fields, link };
  const { state, cookie } = await openFlow(environment, { provider, flow, context });
  const redirectUri = redirectUriOf(settings, provider);
  return { url: await authorizationUrl(server, { provider, redirectUri, state, nonce, verifier }), cookie };
}

/** @throws AuthError `session_not_fresh`, and as {@link startFlow} */
export async function startLinking(
  environment: OAuthEnvironment,
  { current, ...input }: StartInput & { readonly current: CurrentSession },
  context?: RequestContext,
): Promise<Departure> {
  environment.requireFresh(current);
  const link = { userId: current.user.id, sessionId: current.session.id };
  return startFlow(environment, { input, link }, context);
}

function requireShort(fields: Readonly<Record<string, unknown>>): void {
  if (JSON.stringify(fields).length <= maximumFieldsLength) return;
  const message = `must be at most ${String(maximumFieldsLength)} characters of JSON`;
  throw new AuthError("invalid_input", {
    message: "signUpFields is not valid",
    data: { issues: [{ path: "signUpFields", message }] },
  });
}
