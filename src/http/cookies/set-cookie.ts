import type { CookieChanges } from "../../contract/route.ts";
import type { CookieSettings } from "./cookie-settings.ts";

/** The longest a browser keeps a cookie (RFC 6265bis section 5.5): 400 days. */
const deviceLifetimeSeconds = 400 * 24 * 60 * 60;

/** The `Set-Cookie` values of an answer, one per cookie changed. */
export function toSetCookies(
  changes: CookieChanges,
  settings: CookieSettings,
  { now, module = "" }: { readonly now: Date; readonly module?: string },
): string[] {
  const headers: string[] = [];
  const attributes = `HttpOnly${settings.secure ? "; Secure" : ""}; SameSite=`;
  const addAs = (sameSite: string) => (name: string, value: string, maxAgeSeconds: number) => {
    // Ours by construction; checked all the same, because a CR or a semicolon here would be somebody else's header.
    if (!/^[A-Za-z0-9_-]*$/.test(value)) throw new TypeError("a cookie value holds a character it must not");
    headers.push(`${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; ${attributes}${sameSite}`);
  };
  const add = addAs(settings.sameSite);
  if (changes.session === "clear") add(settings.sessionName, "", 0);
  else if (changes.session !== undefined) {
    const seconds = Math.ceil((changes.session.expiresAt.getTime() - now.getTime()) / 1000);
    add(settings.sessionName, changes.session.token, Math.max(0, seconds));
  }
  if (changes.device !== undefined) add(settings.deviceName, changes.device, deviceLifetimeSeconds);
  if (changes.own === "clear") add(`${settings.modulePrefix}${module}`, "", 0);
  else if (changes.own !== undefined) {
    const seconds = Math.min(Math.ceil(changes.own.maxAgeSeconds), deviceLifetimeSeconds);
    const addOwn = changes.own.sameSite === "lax" ? addAs("Lax") : add;
    addOwn(`${settings.modulePrefix}${module}`, changes.own.value, seconds);
  }
  if (changes.pending !== undefined) {
    const seconds = Math.ceil((changes.pending.expiresAt.getTime() - now.getTime()) / 1000);
    add(`${settings.modulePrefix}${changes.pending.step}`, changes.pending.token, Math.max(0, seconds));
  }
  return headers;
}
