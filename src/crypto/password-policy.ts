import { AuthError, type PasswordRejection } from "../errors.ts";
import { readPassword } from "./read-password.ts";

export interface PasswordPolicyOptions {
  /**
   * Fewest code points, from 8 (ASVS 5.0 6.2.1) to 64 (which ASVS 6.2.9 says must be accepted). Default 8; 15 is
   * recommended where there is no second factor (NIST SP 800-63B 3.1.1.2).
   */
  readonly minLength?: number;
  /** A password that contains this name is refused. */
  readonly appName?: string;
  /**
   * A check of the application's own, asked last, about a password that passed all others. It gets the password
   * as it will be hashed (NFKC). What it throws reaches the caller.
   */
  readonly isAllowed?: (password: string, context: PasswordContext) => boolean | Promise<boolean>;
}

/** Whose password it is to be. */
export interface PasswordContext {
  readonly email: string;
}

export interface PasswordPolicy {
  /**
   * Returns when the password may be chosen, and throws otherwise. Only for a password that is being chosen: one
   * that is being checked is never refused for its form.
   *
   * Refused are: more than 1024 bytes of UTF-8, before anything else is looked at (`too_long`); a lone surrogate
   * (`ill_formed`); fewer code points than the minimum, as typed or after NFKC, whichever are fewer (`too_short`);
   * the password, in any case, among about 11,000 common ones (`common`); the application's name or the e-mail
   * address's local part in it, if that has 4 characters or more (`contains_context`); what `isAllowed` refuses
   * (`not_allowed`). There are no composition rules (ASVS 5.0 6.2.5).
   *
   * @throws `password_rejected` with the reason in its data.
   */
  check(password: string, context: PasswordContext): Promise<void>;
}

const floorOfMinimum = 8;
const ceilingOfMinimum = 64;

/** Shorter names are found in too many good passwords by chance. */
const shortestContext = 4;

const messages: Readonly<Record<PasswordRejection, string>> = {
  too_short: "This password is too short.",
  too_long: "This password is too long.",
  common: "This password is one of the most common ones.",
  contains_context: "This password contains the name of the application or a part of the e-mail address.",
  not_allowed: "This password is not allowed.",
  ill_formed: "This password contains half a character.",
};

/**
 * Decides which passwords may be chosen.
 *
 * @throws `configuration_invalid` for a minimum outside 8 to 64.
 */
export function createPasswordPolicy(options: PasswordPolicyOptions = {}): PasswordPolicy {
  const { minLength = floorOfMinimum, appName = "", isAllowed } = options;
  if (!Number.isInteger(minLength) || minLength < floorOfMinimum || minLength > ceilingOfMinimum) {
    throw new AuthError("configuration_invalid", {
      message: `password.minLength must be a whole number from ${floorOfMinimum} to ${ceilingOfMinimum}.`,
    });
  }
  return {
    async check(password, context) {
      const { text, reason } = readPassword(password);
      if (text === null) throw rejection(reason);
      if (Math.min(countCodePoints(password), countCodePoints(text)) < minLength) {
        throw rejection("too_short", { minLength });
      }
      // Loaded by the first password that is chosen: the list is larger than all the rest of the core.
      const { commonPasswords } = await import("./common-passwords.ts");
      const folded = text.toLowerCase();
      if (commonPasswords.has(folded)) throw rejection("common");
      if (contextWords(appName, context.email).some((word) => folded.includes(word))) {
        throw rejection("contains_context");
      }
      if (isAllowed !== undefined && !(await isAllowed(text, context))) throw rejection("not_allowed");
    },
  };
}

function contextWords(appName: string, email: string): readonly string[] {
  const localPart = email.slice(0, Math.max(0, email.lastIndexOf("@")));
  const [mailbox = ""] = localPart.split("+");
  return [appName, appName.replaceAll(/\s/g, ""), localPart, mailbox]
    .map((word) => word.trim().normalize("NFKC").toLowerCase())
    .filter((word) => countCodePoints(word) >= shortestContext);
}

function countCodePoints(text: string): number {
  return Array.from(text).length;
}

function rejection(reason: PasswordRejection, details: { readonly minLength?: number } = {}): AuthError {
  return new AuthError("password_rejected", { message: messages[reason], data: { reason, ...details } });
}
