import { AuthError } from "../../errors.ts";

export interface CookieOptions {
  /** First part of both cookie names; default `"wispy"`, which makes `__Host-wispy-session` and `__Host-wispy-device`. */
  readonly name?: string | undefined;
  /** Default true. False is for plain http in development; it drops the `__Host-` prefix, and production refuses it. */
  readonly secure?: boolean | undefined;
  /** Default `"lax"`. */
  readonly sameSite?: "lax" | "strict" | undefined;
}

export interface CookieSettings {
  readonly sessionName: string;
  readonly deviceName: string;
  /** What the names of the modules' cookies begin with; the module's name follows. */
  readonly modulePrefix: string;
  readonly secure: boolean;
  readonly sameSite: "Lax" | "Strict";
}

/**
 * Turns the `cookie` option into names and attributes.
 *
 * The `__Host-` prefix makes browsers refuse a cookie of that name which is not Secure, has a Domain, or has
 * another Path than `/` (RFC 6265bis section 4.1.3.2), so a sibling domain cannot plant one.
 *
 * Throws `configuration_invalid` for a name that is no cookie name, another `sameSite` than lax or strict, and
 * for `secure: false` when `environment` (`NODE_ENV`) is `production`.
 */
export function parseCookieOptions(options: CookieOptions, environment: string | undefined): CookieSettings {
  const { name = "wispy", secure = true, sameSite = "lax" } = options;
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.test(name)) {
    throw refused("cookie.name takes 1 to 40 letters, digits, - or _, and starts with a letter or digit");
  }
  if (sameSite !== "lax" && sameSite !== "strict") throw refused('cookie.sameSite is "lax" or "strict"');
  if (!secure && environment === "production") {
    throw refused(
      "cookie.secure: false is for development; NODE_ENV is production, so serve https and leave it out",
    );
  }
  const prefix = secure ? "__Host-" : "";
  return {
    sessionName: `${prefix}${name}-session`,
    deviceName: `${prefix}${name}-device`,
    modulePrefix: `${prefix}${name}-module-`,
    secure,
    sameSite: sameSite === "lax" ? "Lax" : "Strict",
  };
}

function refused(message: string): AuthError {
  return new AuthError("configuration_invalid", { message: `${message}.` });
}
