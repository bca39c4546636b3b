import * as client from "oauth4webapi";
import { addSeconds, systemClock, type Clock } from "../../../module.ts";
import { toAuthError } from "./describe-failure.ts";
import type { Outbound } from "./outbound.ts";
import type { JsonObject, OAuthProvider, Profile } from "./provider.ts";
import { asObject } from "./read-profile.ts";
import { checkIdToken, serverOfTenant } from "./id-token.ts";
import type { Server, ServerDirectory } from "./server-directory.ts";

/** What a provider is asked with. */
export interface Protocol {
  readonly servers: ServerDirectory;
  readonly outbound: Outbound;
  readonly allowLoopback: boolean;
  readonly clock: Clock;
}

/** The way that somebody comes back from. */
export interface Returned {
  readonly provider: OAuthProvider;
  /** What the browser brought. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly redirectUri: string;
  readonly verifier: string;
  readonly nonce: string;
}

/** What a provider gives to act in somebody's name. */
export interface ProviderTokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresAt: Date | null;
  /** As the provider granted them; `null` if it did not say, and then they are those asked for. */
  readonly scope: string | null;
}

/** What came of the way. */
export interface Told {
  readonly provider: OAuthProvider;
  readonly profile: Profile;
  readonly tokens: ProviderTokens;
}

/**
 * Exchanges the code, and reads who it is. Nothing that the provider said is believed before it was checked.
 * @throws AuthError `oauth.denied`, `oauth.provider_unavailable`, `oauth.response_invalid`
 */
export async function askProvider(protocol: Protocol, returned: Returned): Promise<Told> {
  try {
    const server = await protocol.servers.find(returned.provider);
    return await exchange({ ...protocol, ...returned, server });
  } catch (cause) {
    throw toAuthError(cause);
  }
}

interface Exchange extends Protocol, Returned {
  readonly server: Server;
}

async function exchange(given: Exchange): Promise<Told> {
  const { provider, server, clock } = given;
  const discovered = !("tokenUrl" in provider.server);
  const self = describeClient(given);
  const code = client.validateAuthResponse(
    server.metadata,
    self,
    callbackParameters(given),
    client.skipStateCheck,
  );
  const response = await client.authorizationCodeGrantRequest(
    server.metadata,
    self,
    authenticate(given),
    code,
    given.redirectUri,
    given.verifier,
    options(given),
  );
  const metadata = await serverOfTenant(server.metadata, response);
  const granted = await client.processAuthorizationCodeResponse(
    metadata,
    self,
    response,
    discovered ? { expectedNonce: given.nonce, requireIdToken: true } : {},
  );
  if (discovered) {
    await client.validateApplicationLevelSignature(metadata, response, options(given));
    checkIdToken(granted, { clock, clientId: provider.clientId });
  }
  const claims = asObject(discovered ? client.getValidatedIdTokenClaims(granted) : {});
  const profile = await provider.readProfile({
    claims,
    parameters: given.parameters,
    userInfo: () => askUserInfo(given, { metadata, self, accessToken: granted.access_token, claims }),
    get: (url) => askInterface(given, { url, accessToken: granted.access_token }),
  });
  return { provider, profile, tokens: readTokens(granted, clock) };
}

/** `oauth4webapi` reads the system's clock; the skew brings it to ours. */
function describeClient({ provider, clock }: Exchange): client.Client {
  const skew = Math.round((clock.now().getTime() - systemClock.now().getTime()) / 1000);
  return { client_id: provider.clientId, [client.clockSkew]: skew };
}

function callbackParameters({ provider, parameters }: Exchange): URLSearchParams {
  const { iss, ...others } = parameters;
  const { issuer } = provider.server;
  // Nothing is known of what such a server would call itself; what tells it from others is its own redirect URI.
  const unnamed = issuer === null || issuer.includes("{tenantid}");
  return new URLSearchParams(unnamed || iss === undefined ? others : parameters);
}

function options({ outbound, allowLoopback, server }: Exchange) {
  return {
    [client.customFetch]: outbound,
    [client.allowInsecureRequests]: allowLoopback,
    [client.jwksCache]: server.keys,
  };
}

function authenticate({ provider, server, clock }: Exchange): client.ClientAuth {
  const { clientSecret, secretIn } = provider;
  if (clientSecret === null) return client.None();
  const secret = typeof clientSecret === "string" ? clientSecret : clientSecret(clock.now());
  const announced = server.metadata.token_endpoint_auth_methods_supported ?? [];
  const inBody = secretIn === null ? announced.includes("client_secret_post") : secretIn === "body";
  return inBody ? client.ClientSecretPost(secret) : client.ClientSecretBasic(secret);
}

async function askUserInfo(
  given: Exchange,
  {
    metadata,
    self,
    accessToken,
    claims,
  }: {
    readonly metadata: client.AuthorizationServer;
    readonly self: client.Client;
    readonly accessToken: string;
    readonly claims: JsonObject;
  },
): Promise<JsonObject> {
  if (metadata.userinfo_endpoint === undefined) return {};
  const response = await client.userInfoRequest(metadata, self, accessToken, options(given));
  // Without the subject of the ID token it could be the answer about somebody else (OpenID Connect Core 5.3.2).
  return client.processUserInfoResponse(metadata, self, String(claims["sub"]), response);
}

async function askInterface(
  given: Exchange,
  { url, accessToken }: { readonly url: string; readonly accessToken: string },
): Promise<unknown> {
  const headers = new Headers({ accept: "application/json" });
  const response = await client.protectedResourceRequest(
    accessToken,
    "GET",
    new URL(url),
    headers,
    null,
    options(given),
  );
  if (response.status !== 200)
    throw new Error(`the interface answered with status ${String(response.status)}`);
  return response.json();
}

function readTokens(granted: client.TokenEndpointResponse, clock: Clock): ProviderTokens {
  const { expires_in: seconds, refresh_token: refreshToken = null, scope = null } = granted;
  const expiresAt = seconds === undefined ? null : addSeconds(clock.now(), seconds);
  return { accessToken: granted.access_token, refreshToken, expiresAt, scope };
}
