import { AuthError } from "../../errors.ts";

export interface OriginRules {
  /** The origin of `baseUrl`; null when it is not set, and then the request's own host counts. */
  readonly ownOrigin: string | null;
  readonly trustedOrigins: ReadonlySet<string>;
}

/** A `Request`, or the headers of one that is not at hand as such. */
export interface OriginSource {
  readonly headers: Headers;
  readonly url?: string;
}

/**
 * Refuses a request that another site may have made the browser send. For methods that change something.
 *
 * - `Origin` present: it must be ours or trusted, whatever else the request says.
 * - else `Sec-Fetch-Site` present: it must be `same-origin`.
 * - neither (no browser of the last years): fine for API clients, refused when one of our cookies came along.
 *   A bearer header counts as proof, as no page can send one across sites without a preflight.
 *
 * Applies before anyone is signed in too: signing somebody in to a foreign account is an attack as well.
 * Throws `origin_refused`. Source: OWASP Cross-Site Request Forgery Prevention, ASVS 3.5.1.
 */
export function requireAllowedOrigin(
  request: OriginSource,
  rules: OriginRules,
  credentials: { readonly cookieSent: boolean; readonly carrier: string },
): void {
  const origin = request.headers.get("origin");
  if (origin !== null) {
    if (isAllowedOrigin(origin, request, rules)) return;
    throw refused("The request's Origin is neither that of baseUrl nor one of trustedOrigins.");
  }
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) {
    if (site === "same-origin") return;
    throw refused("The browser says that another site made this request.");
  }
  if (credentials.cookieSent && credentials.carrier !== "bearer") {
    throw refused("A request with cookies needs an Origin header here.");
  }
}

function isAllowedOrigin(origin: string, request: OriginSource, rules: OriginRules): boolean {
  if (rules.trustedOrigins.has(origin)) return true;
  return rules.ownOrigin === null ? isOwnHost(origin, request) : origin === rules.ownOrigin;
}

/** Compares hosts only: behind a proxy that ends TLS, the request's own scheme is not the browser's. */
function isOwnHost(origin: string, request: OriginSource): boolean {
  const host = request.headers.get("host") ?? (request.url === undefined ? "" : new URL(request.url).host);
  const scheme = /^https?:\/\//.exec(origin)?.[0];
  if (scheme === undefined || !URL.canParse(origin) || !URL.canParse(scheme + host)) return false;
  const parsed = new URL(origin);
  // Browsers send the canonical spelling; anything else was written by hand.
  return parsed.origin === origin && parsed.origin === new URL(scheme + host).origin;
}

function refused(message: string): AuthError {
  return new AuthError("origin_refused", { message });
}
