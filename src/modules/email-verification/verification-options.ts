import { AuthError } from "../../module.ts";

export interface EmailVerificationOptions {
  /**
   * Nobody signs in before their address is verified, and a sign-up for a taken address answers like one for a free
   * address. With false a sign-up signs in at once, a mail is sent all the same, and a taken address is `user_exists`.
   * Default true.
   */
  readonly required?: boolean;
  /**
   * The page that links lead to, below `baseUrl`; `?token=...` is added. It asks whether to confirm, and posts the token.
   * Default `/verify-email`.
   */
  readonly page?: string;
  /** The same for taking back a change of the address. Default `/undo-email-change`. */
  readonly undoPage?: string;
  /** Where one signs in, for the mail to somebody who has an account already. Default `/sign-in`. */
  readonly signInPage?: string;
  /** Where one asks for a new password, for the same mail. Default `/forgot-password`. */
  readonly forgotPasswordPage?: string;
  /** How long a link works. At most, and by default, a day. */
  readonly linkSeconds?: number;
  /** How long a code works. At most, and by default, 600 (ASVS 6.5.5). */
  readonly codeSeconds?: number;
  /** How long a sign-in waits for it, with further mails if need be. At most 3600; default 1800. */
  readonly pendingSeconds?: number;
  /** How long a change of the address can be taken back. At most 30 days; default 7. */
  readonly undoSeconds?: number;
}

export interface VerificationSettings extends Required<EmailVerificationOptions> {
  /** Codes that are looked at for one sign-in (ASVS 6.6.3). */
  readonly attempts: number;
  /** Mails for one sign-in that waits. */
  readonly mailsPerChallenge: number;
  /**
   * Mails with a code to one address, whoever asks (OWASP Forgot Password, ASVS 2.4.1). Each is good for five guesses: so
   * somebody who signed up with a stranger's address has 75 of a million a day.
   */
  readonly mailsPerHour: number;
  readonly mailsPerDay: number;
}

const day = 86_400;

/** @throws AuthError `configuration_invalid` */
export function resolveVerificationOptions(options: EmailVerificationOptions): VerificationSettings {
  const { required = true, page = "/verify-email", undoPage = "/undo-email-change" } = options;
  const { signInPage = "/sign-in", forgotPasswordPage = "/forgot-password" } = options;
  const { linkSeconds = day, codeSeconds = 600, pendingSeconds = 1800, undoSeconds = 7 * day } = options;
  if (typeof required !== "boolean") throw invalid("required is true or false");
  const pages = { page, undoPage, signInPage, forgotPasswordPage };
  for (const [name, path] of Object.entries(pages)) {
    if (!/^\/(?!\/)[\w/.-]*$/.test(path)) throw invalid(`${name} is a path like "/verify-email"`);
  }
  const times = { linkSeconds, codeSeconds, pendingSeconds, undoSeconds };
  for (const [name, maximum] of Object.entries(longest)) {
    const value = times[name as keyof typeof times];
    if (!Number.isInteger(value) || value < 60 || value > maximum) {
      throw invalid(`${name} is a whole number from 60 to ${String(maximum)}`);
    }
  }
  const limits = { attempts: 5, mailsPerChallenge: 3, mailsPerHour: 5, mailsPerDay: 15 };
  return { required, ...pages, ...times, ...limits };
}

const longest = { linkSeconds: day, codeSeconds: 600, pendingSeconds: 3600, undoSeconds: 30 * day };

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message: `emailVerification: ${message}` });
}
