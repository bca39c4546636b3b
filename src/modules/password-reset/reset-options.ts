import { AuthError } from "../../module.ts";

export interface PasswordResetOptions {
  /**
   * The page that the link leads to, below `baseUrl`; `?token=...` is added. It asks for the new password and posts both.
   * Default `/reset-password`.
   */
  readonly page?: string;
  /** How long a link works. Default, and at most, 3600 (OWASP Forgot Password; SECURITY.md TK-03). */
  readonly linkSeconds?: number;
}

export type PasswordResetSettings = Required<PasswordResetOptions>;

/** @throws AuthError `configuration_invalid` */
export function resolvePasswordResetOptions(options: PasswordResetOptions): PasswordResetSettings {
  const { page = "/reset-password", linkSeconds = 3600 } = options;
  if (!/^\/(?!\/)[\w/.-]*$/.test(page)) throw invalid('page is a path like "/reset-password"');
  if (!Number.isInteger(linkSeconds) || linkSeconds < 60 || linkSeconds > 3600) {
    throw invalid("linkSeconds is a whole number from 60 to 3600");
  }
  return { page, linkSeconds };
}

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message: `passwordReset: ${message}` });
}
