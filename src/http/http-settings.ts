import { AuthError } from "../errors.ts";
import { type CookieOptions, type CookieSettings, parseCookieOptions } from "./cookies/cookie-settings.ts";
import type { OriginRules } from "./guards/origin.ts";
import type { coreContracts } from "./routes/core-contracts.ts";
import {
  type ClientAddressResolver,
  createClientAddressResolver,
  type TrustedProxy,
} from "./request/client-address.ts";

export interface HttpOptions {
  /** Where the application is reached, for example `"https://app.example.com"`. Without it a request's own host counts. */
  readonly baseUrl?: string | undefined;
  /** Where the routes live; default `"/auth"`. */
  readonly basePath?: string | undefined;
  /** Other origins whose pages may call the routes with credentials, for example `["https://admin.example.com"]`. */
  readonly trustedOrigins?: readonly string[] | undefined;
  /** The proxies in front of the application; without it no forwarding header is believed. */
  readonly trustedProxy?: TrustedProxy | undefined;
  readonly cookie?: CookieOptions | undefined;
  /**
   * Routes that are not served (404), by id: `["signUp"]` for an application that makes accounts in a transaction
   * of its own, so that there is no way around it.
   */
  readonly disabledRoutes?: readonly (CoreRouteId | `${string}.${string}`)[] | undefined;
}

/** The core's routes. */
export type CoreRouteId = keyof typeof coreContracts;

export interface HttpSettings {
  readonly basePath: string;
  readonly origins: OriginRules;
  readonly clientAddress: ClientAddressResolver;
  readonly cookies: CookieSettings;
  readonly disabledRoutes: ReadonlySet<string>;
}

/**
 * Checks the HTTP options once, at start; `environment` is `NODE_ENV`.
 *
 * Throws `configuration_invalid`, naming the option, for anything that would weaken or break a check later:
 * origins with paths, wildcards or odd spellings, impossible proxies, cookies without Secure in production.
 */
export function parseHttpSettings(
  options: HttpOptions,
  environment: string | undefined = process.env["NODE_ENV"],
): HttpSettings {
  return {
    basePath: parseBasePath(options.basePath ?? "/auth"),
    origins: {
      ownOrigin: options.baseUrl === undefined ? null : parseBaseUrl(options.baseUrl),
      trustedOrigins: new Set((options.trustedOrigins ?? []).map(parseTrustedOrigin)),
    },
    clientAddress: createClientAddressResolver(options.trustedProxy),
    cookies: parseCookieOptions(options.cookie ?? {}, environment),
    disabledRoutes: new Set(options.disabledRoutes ?? []),
  };
}

function parseBasePath(basePath: string): string {
  if (basePath === "/" || basePath === "") return "";
  if (/^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/.test(basePath)) return basePath;
  throw refused('basePath is a path like "/auth", without a slash at its end');
}

function parseBaseUrl(baseUrl: string): string {
  const origin = webOriginOf(baseUrl);
  if (origin !== null && (baseUrl === origin || baseUrl === `${origin}/`)) return origin;
  throw refused('baseUrl is an origin like "https://app.example.com", lower-case and without a path');
}

function parseTrustedOrigin(text: string): string {
  if (webOriginOf(text) === text) return text;
  throw refused(
    'trustedOrigins takes exact origins like "https://admin.example.com", without path or wildcard',
  );
}

function webOriginOf(text: string): string | null {
  if (!/^https?:\/\//.test(text) || text.includes("*") || !URL.canParse(text)) return null;
  return new URL(text).origin;
}

function refused(message: string): AuthError {
  return new AuthError("configuration_invalid", { message: `${message}.` });
}
