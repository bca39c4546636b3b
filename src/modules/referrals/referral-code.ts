import type { RandomSource } from "../../module.ts";

/**
 * Letters and digits that stay apart when they are read aloud, written by hand or seen on a poster: Crockford's
 * base 32, which has no I, L, O or U.
 */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const lookAlikes: Readonly<Record<string, string>> = { O: "0", I: "1", L: "1" };

/**
 * The one form in which codes are compared: upper case, look-alikes made one, everything that is neither letter nor
 * digit left out. `"acme-o1l"` and `"ACME 011"` are one code.
 */
export function normaliseCode(code: string): string {
  return code
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .replace(/[OIL]/g, (letter) => lookAlikes[letter]!);
}

/** A code that nobody can guess: 5 random bits a character. */
export function makeCode(
  random: RandomSource,
  { length, prefix }: { length: number; prefix: string },
): string {
  const bytes = new Uint8Array(length);
  random(bytes);
  // 32 divides 256, so every character is as likely as any other.
  return prefix + Array.from(bytes, (byte) => alphabet[byte % 32]!).join("");
}

/** Words that would mislead, or stand for a place of the application. */
const reserved = [
  "admin",
  "api",
  "help",
  "invite",
  "login",
  "null",
  "referral",
  "root",
  "signup",
  "support",
  "test",
  "undefined",
];

/** What keeps a chosen code from being one, or `null`. */
export function codeProblem(
  code: string,
  options: { readonly reservedCodes: readonly string[]; readonly isCodeAllowed: (code: string) => boolean },
): "malformed" | "not_allowed" | null {
  if (!/^[0-9A-Za-z](?:[0-9A-Za-z-]{2,30})[0-9A-Za-z]$/.test(code)) return "malformed";
  const key = normaliseCode(code);
  if (key.length < 4) return "malformed";
  const taken = [...reserved, ...options.reservedCodes].some((word) => normaliseCode(word) === key);
  return taken || !options.isCodeAllowed(code) ? "not_allowed" : null;
}

/**
 * One person's addresses, made one: what stands behind `+`, and the dots that Gmail ignores. Stricter than the
 * account's own identity, because here a mistake costs a reward and not an account.
 */
export function personOf(emailCanonical: string): string {
  const at = emailCanonical.lastIndexOf("@");
  const domain = emailCanonical.slice(at + 1).toLowerCase();
  const local = emailCanonical.slice(0, at).toLowerCase().replace(/\+.*$/, "");
  const isGmail = domain === "gmail.com" || domain === "googlemail.com";
  return isGmail ? `${local.replaceAll(".", "")}@gmail.com` : `${local}@${domain}`;
}

/** One person's addresses as SQL finds them: `personOf` said backwards. */
export interface PersonPattern {
  readonly isGmail: boolean;
  /** On Gmail, of an address without its dots. */
  readonly person: string;
  /** The same with anything behind a `+`, for LIKE with `!` as its escape. */
  readonly alias: string;
}

export function personPattern(emailCanonical: string): PersonPattern {
  const person = personOf(emailCanonical);
  const at = person.lastIndexOf("@");
  const isGmail = person.slice(at) === "@gmail.com";
  const [local, domain] = [person.slice(0, at), isGmail ? "gmailcom" : person.slice(at + 1)];
  const literally = (text: string): string => text.replace(/[!%_]/g, "!$&");
  return { isGmail, person: `${local}@${domain}`, alias: `${literally(local)}+%@${literally(domain)}` };
}
