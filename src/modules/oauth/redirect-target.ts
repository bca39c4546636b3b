import { AuthError } from "../../module.ts";

/** As long as anything that browsers and servers agree on. */
const maximumLength = 2000;

/** Where the browser may be sent afterwards. */
export interface RedirectRules {
  /** The application's origin, which relative targets are read against. */
  readonly baseUrl: string;
  readonly origins: ReadonlySet<string>;
}

/**
 * Reads where somebody wants to go afterwards: parsed as a browser parses it, compared by origin, and written anew.
 *
 * @returns An absolute URL, or `null` for anything that leads elsewhere.
 */
export function readRedirectTarget(value: unknown, { baseUrl, origins }: RedirectRules): string | null {
  if (typeof value !== "string" || value.length > maximumLength || !URL.canParse(value, baseUrl)) return null;
  const url = new URL(value, baseUrl);
  // What stands before the path is the origin and nothing else: a `blob:` has the origin of what is inside it.
  if (!origins.has(url.origin) || !url.href.startsWith(`${url.origin}/`)) return null;
  // With the dot segments gone: whoever takes the path for a reference of its own would read a host out of it.
  if (url.pathname.startsWith("//")) return null;
  return url.href;
}

/** @throws AuthError `invalid_input` */
export function requireRedirectTarget(value: unknown, rules: RedirectRules): string {
  const target = readRedirectTarget(value, rules);
  if (target !== null) return target;
  const message = "must be a page of this application";
  throw new AuthError("invalid_input", {
    message: "redirectTo is not valid",
    data: { issues: [{ path: "redirectTo", message }] },
  });
}
