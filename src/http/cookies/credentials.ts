import { parseToken } from "../../crypto/token.ts";
import { readCookie, readPrefixedCookies } from "./cookie-header.ts";
import type { CookieSettings } from "./cookie-settings.ts";

/** What a request brought to prove who sends it. Nothing here has been looked up yet. */
export interface Credentials {
  /** The raw session token; null when none was sent, or what was sent cannot be one. */
  readonly token: string | null;
  /** Where the token came from. A request with a bearer header is never identified by its cookies. */
  readonly carrier: "bearer" | "cookie" | "none";
  readonly deviceToken: string | null;
  /** The modules' cookies, by the modules' names. */
  readonly moduleCookies: Readonly<Record<string, string>>;
  /** True when the request carries a cookie of ours, readable or not: the browser may have sent it unasked. */
  readonly cookieSent: boolean;
}

/** Finds the session and device tokens of a request. Malformed or ambiguous ones count as none; never throws. */
export function readCredentials(headers: Headers, cookies: CookieSettings): Credentials {
  const cookieHeader = headers.get("cookie");
  const session = readCookie(cookieHeader, cookies.sessionName);
  const device = readCookie(cookieHeader, cookies.deviceName);
  const found = {
    deviceToken: device.kind === "value" ? parseToken(device.value) : null,
    moduleCookies: readPrefixedCookies(cookieHeader, cookies.modulePrefix),
    cookieSent: session.kind !== "absent" || device.kind !== "absent",
  };
  const authorization = headers.get("authorization") ?? "";
  if (/^bearer(?: |$)/i.test(authorization)) {
    return { ...found, token: parseToken(authorization.slice("bearer".length).trim()), carrier: "bearer" };
  }
  const token = session.kind === "value" ? parseToken(session.value) : null;
  return { ...found, token, carrier: token === null ? "none" : "cookie" };
}
