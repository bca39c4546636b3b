import * as client from "oauth4webapi";
import type { OAuthProvider } from "./provider.ts";
import type { Server } from "./server-directory.ts";

/** The provider's page, with everything that the answer must fit: the code flow with PKCE, always (RFC 9700 section 2.1.1). */
export async function authorizationUrl(
  { metadata }: Server,
  asked: {
    readonly provider: OAuthProvider;
    readonly redirectUri: string;
    readonly state: string;
    readonly nonce: string;
    readonly verifier: string;
  },
): Promise<string> {
  const { provider, redirectUri, state, nonce, verifier } = asked;
  const url = new URL(metadata.authorization_endpoint!);
  const parameters = {
    ...provider.parameters,
    response_type: "code",
    client_id: provider.clientId,
    redirect_uri: redirectUri,
    scope: provider.scopes.join(" "),
    state,
    ...(!("tokenUrl" in provider.server) && { nonce }),
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
