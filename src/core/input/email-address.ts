import { AuthError } from "../../errors.ts";

/** One e-mail address in both its forms. */
export interface EmailAddress {
  /** NFKC-normalised, case kept: what mail is sent to. */
  readonly address: string;
  /**
   * What accounts are compared by. Made here and nowhere else: databases disagree about lower case (PostgreSQL
   * gives one character for "İ", JavaScript two).
   */
  readonly canonical: string;
}

/** RFC 5321 4.5.3.1.3 allows 256 octets for a path, which includes its two angle brackets. */
const maximumBytes = 254;
/** RFC 5321 4.5.3.1.1. */
const maximumLocalBytes = 64;
/** RFC 1035 2.3.4. */
const maximumLabelLength = 63;

// What browsers accept in `<input type="email">` (WHATWG HTML, "valid e-mail address"), widened to letters of
// every script. Neither has room for a comma, a quotation mark, an angle bracket, white space or a control
// character, so an accepted address is always exactly one recipient.
const localPattern = /^[\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-]+$/u;
const labelPattern = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}-]*$/u;

/**
 * Reads an address: bounded first, then normalised once, then validated, then made canonical.
 *
 * @throws AuthError `invalid_input`
 */
export function parseEmailAddress(value: unknown): EmailAddress {
  const parsed = readEmailAddress(value);
  if (parsed) return parsed;
  throw new AuthError("invalid_input", {
    message: "This is not an e-mail address",
    data: { issues: [{ path: "email", message: "Enter one e-mail address, like name@example.com" }] },
  });
}

/** The address, or `null` if the value is none. Never throws. */
export function readEmailAddress(value: unknown): EmailAddress | null {
  // NFKC can make a text 18 times longer: the length is bounded before and after it.
  if (typeof value !== "string" || Buffer.byteLength(value) > maximumBytes) return null;
  const address = value.normalize("NFKC");
  const canonical = fold(fold(address));
  if (fold(canonical) !== canonical) return null;
  return isValid(address) && isValid(canonical) ? { address, canonical } : null;
}

/** Lower-casing can undo a normalisation; done twice it settles for every known character. */
function fold(text: string): string {
  return text.toLowerCase().normalize("NFKC");
}

function isValid(text: string): boolean {
  if (Buffer.byteLength(text) > maximumBytes) return false;
  const [local, domain, ...rest] = text.split("@");
  if (local === undefined || domain === undefined || rest.length > 0) return false;
  if (Buffer.byteLength(local) > maximumLocalBytes || !localPattern.test(local)) return false;
  return domain.split(".").every(isValidLabel);
}

function isValidLabel(label: string): boolean {
  return label.length <= maximumLabelLength && labelPattern.test(label) && !label.endsWith("-");
}
