import { hashToken, type RandomSource } from "../../module.ts";

/** Digits and letters without those that look alike (Crockford's base 32). */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 24 characters of 5 bits: 120 bits, more than the 112 that a plain digest asks for (NIST SP 800-63B 3.1.2.2). */
const codeLength = 24;
const groupLength = 4;

/** `7K2M-9QXD-...`: shown once, kept as a digest. */
export function createRecoveryCode(random: RandomSource): string {
  const bytes = new Uint8Array(codeLength);
  random(bytes);
  // 256 is a multiple of 32, so every character is as likely as every other.
  const characters = [...bytes].map((byte) => alphabet[byte % alphabet.length]).join("");
  return characters.match(new RegExp(`.{${String(groupLength)}}`, "g"))!.join("-");
}

/** The digest of a code in whatever spelling it was typed; `null` for what is none. */
export function hashRecoveryCode(code: string): Uint8Array | null {
  if (code.length > 100) return null;
  const characters = code
    .toUpperCase()
    .replaceAll(/[\s-]/g, "")
    .replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1");
  if (!/^[0-9A-HJKMNP-TV-Z]{24}$/.test(characters)) return null;
  return hashToken("recovery", characters);
}
