import * as client from "oauth4webapi";
import { addSeconds, AuthError, type Clock } from "../../../module.ts";
import { requireAllowedUrl, type Outbound, type OutboundOptions } from "./outbound.ts";
import { isPrivateHost } from "./private-address.ts";
import type { DiscoveredServer, OAuthProvider } from "./provider.ts";

/** What a provider announces changes rarely; its keys are looked after apart. */
const metadataLifetimeSeconds = 60 * 60;

/** A provider's server, and the keys that it was last seen with. */
export interface Server {
  readonly metadata: client.AuthorizationServer;
  /** Filled by `oauth4webapi`, which asks again for an unknown key once a minute at most. */
  readonly keys: client.JWKSCacheInput;
}

/** Finds the servers of providers, and remembers them. */
export interface ServerDirectory {
  /** @throws AuthError `oauth.provider_unavailable`, `oauth.response_invalid` */
  find(provider: OAuthProvider): Promise<Server>;
}

export interface ServerDirectoryOptions extends Pick<OutboundOptions, "allowLoopback"> {
  readonly outbound: Outbound;
  readonly clock: Clock;
  /** Told of metadata that could not be renewed; the old goes on being used. */
  readonly log: (incident: string, cause?: unknown) => void;
}

interface Remembered extends Server {
  readonly until: Date;
}

export function createServerDirectory(options: ServerDirectoryOptions): ServerDirectory {
  const { clock, log } = options;
  const remembered = new Map<string, Remembered>();
  return {
    async find({ id, server }) {
      const known = remembered.get(id);
      if (known !== undefined && known.until > clock.now()) return known;
      try {
        const metadata = "tokenUrl" in server ? toMetadata(server) : await discover(options, server);
        const until = addSeconds(clock.now(), metadataLifetimeSeconds);
        const found = { metadata, keys: known?.keys ?? {}, until };
        remembered.set(id, found);
        return found;
      } catch (cause) {
        if (known === undefined) throw cause;
        log(`the metadata of ${id} could not be renewed`, cause);
        return known;
      }
    },
  };
}

function toMetadata(server: Extract<OAuthProvider["server"], { readonly tokenUrl: string }>) {
  return {
    issuer: server.issuer ?? new URL(server.tokenUrl).origin,
    authorization_endpoint: server.authorizationUrl,
    token_endpoint: server.tokenUrl,
  };
}

async function discover(
  options: ServerDirectoryOptions,
  { issuer, metadataOf = issuer }: DiscoveredServer,
): Promise<client.AuthorizationServer> {
  const response = await client.discoveryRequest(new URL(metadataOf), {
    [client.customFetch]: options.outbound,
    [client.allowInsecureRequests]: options.allowLoopback,
  });
  let metadata: client.AuthorizationServer;
  try {
    metadata = await client.processDiscoveryResponse(new URL(issuer), response);
  } catch {
    throw invalid("does not hold, or is another issuer's");
  }
  for (const endpoint of [
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
  ] as const) {
    requireEndpoint(options, { issuer, endpoint, address: metadata[endpoint] });
  }
  return metadata;
}

/** An issuer's metadata leads to the issuer's servers, and never into the network that we stand in. */
function requireEndpoint(
  options: ServerDirectoryOptions,
  {
    issuer,
    endpoint,
    address,
  }: { readonly issuer: string; readonly endpoint: string; readonly address: unknown },
): void {
  if (address === undefined && endpoint === "userinfo_endpoint") return;
  if (typeof address !== "string") throw invalid(`names no ${endpoint}`);
  const url = requireAllowedUrl(address, options);
  const own = url.hostname === new URL(issuer).hostname;
  if (!own && isPrivateHost(url)) throw invalid(`has a ${endpoint} that is not on the Internet`);
}

function invalid(reason: string): AuthError {
  return new AuthError("oauth.response_invalid", {
    message: "What the provider answered does not hold",
    cause: new Error(`the metadata ${reason}`),
  });
}
