import { AuthError } from "../../module.ts";
import type { OAuthOptions } from "./oauth-options.ts";
import { requireAllowedUrl } from "./protocol/outbound.ts";
import type { OAuthProvider } from "./protocol/provider.ts";
import { readRedirectTarget, type RedirectRules } from "./redirect-target.ts";

export interface OAuthSettings {
  readonly providers: ReadonlyMap<string, OAuthProvider>;
  /** Absolute URLs. */
  readonly pages: { readonly signedIn: string; readonly error: string; readonly pending: string };
  readonly redirects: RedirectRules;
  /** Of the routes, for the redirect URIs. */
  readonly routesUrl: string;
}

/** The last part is that of our own path `/oauth/accounts`. */
const providerId = /^(?!accounts$)[a-z][a-z0-9-]{0,31}$/;

/** @throws AuthError `configuration_invalid` */
export function resolveOAuthOptions(
  options: OAuthOptions,
  { baseUrl, basePath }: { readonly baseUrl: string | null; readonly basePath: string },
): OAuthSettings {
  if (baseUrl === null) throw invalid("needs createAuth({ baseUrl }): the redirect URIs are made from it");
  const redirects = { baseUrl, origins: readOrigins(baseUrl, options.redirectOrigins ?? []) };
  const page = (name: "signedIn" | "error" | "pending"): string => {
    const url = readRedirectTarget(options.pages?.[name] ?? "/", redirects);
    if (url === null) throw invalid(`has a page ${name} that is not the application's`);
    return url;
  };
  return {
    providers: readProviders(options),
    pages: { signedIn: page("signedIn"), error: page("error"), pending: page("pending") },
    redirects,
    routesUrl: `${baseUrl}${basePath}/oauth`,
  };
}

/** What the provider sends the browser back to: one for each, so that the answer of one is never another's (RFC 9700 section 4.4). */
export function redirectUriOf({ routesUrl }: OAuthSettings, { id }: OAuthProvider): string {
  return `${routesUrl}/${id}/callback`;
}

/** @throws AuthError `not_found` */
export function requireProvider({ providers }: OAuthSettings, id: unknown): OAuthProvider {
  const provider = typeof id === "string" ? providers.get(id) : undefined;
  if (provider !== undefined) return provider;
  throw new AuthError("not_found", { message: "There is no such provider" });
}

function readOrigins(baseUrl: string, others: readonly string[]): ReadonlySet<string> {
  for (const origin of others) {
    if (/^https?:\/\//.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin) continue;
    throw invalid('takes redirectOrigins like "https://admin.example.com", without a path');
  }
  return new Set([baseUrl, ...others]);
}

function readProviders({
  providers,
  allowLoopback = false,
}: OAuthOptions): ReadonlyMap<string, OAuthProvider> {
  const byId = new Map<string, OAuthProvider>();
  for (const provider of providers) {
    const { id, clientId, server } = provider;
    if (!providerId.test(id)) throw invalid(`cannot have a provider called ${id}`);
    if (byId.has(id)) throw invalid(`has two providers called ${id}`);
    if (typeof clientId !== "string" || clientId === "") throw invalid(`needs the clientId of ${id}`);
    const urls =
      "tokenUrl" in server
        ? [server.authorizationUrl, server.tokenUrl]
        : [server.metadataOf ?? server.issuer];
    for (const url of urls) {
      try {
        requireAllowedUrl(url, { allowLoopback });
      } catch {
        throw invalid(`asks ${id} by https: and this is not such an address: ${url}`);
      }
    }
    byId.set(id, provider);
  }
  return byId;
}

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message: `The module oauth ${message}` });
}
