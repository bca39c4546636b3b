import type { PasswordRejection } from "../errors.ts";

/**
 * The longest password in UTF-8 bytes, as typed. 64 code points always fit (NIST SP 800-63B 3.1.1.2 asks for at
 * least 64), and it bounds the work below: NFKC can make a text 18 times longer.
 */
export const maximumPasswordBytes = 1024;

/** A password ready to be hashed, or the reason why it cannot be. */
export type ReadPassword =
  | { readonly text: string; readonly reason: null }
  | { readonly text: null; readonly reason: Extract<PasswordRejection, "too_long" | "ill_formed"> };

/**
 * Brings a password into the one form that is hashed: Unicode NFKC (NIST SP 800-63B 3.1.1.2), so that the same
 * password typed on two keyboards is the same password. Nothing else is changed: no trimming, no case
 * folding, no truncation; NUL and white space count.
 *
 * A lone surrogate is refused: UTF-8 has no form for it, so different passwords would hash alike.
 */
export function readPassword(password: string): ReadPassword {
  // The UTF-16 length never exceeds the UTF-8 length, and costs nothing to ask.
  if (password.length > maximumPasswordBytes || Buffer.byteLength(password) > maximumPasswordBytes) {
    return { text: null, reason: "too_long" };
  }
  if (/\p{Surrogate}/u.test(password)) return { text: null, reason: "ill_formed" };
  return { text: password.normalize("NFKC"), reason: null };
}
