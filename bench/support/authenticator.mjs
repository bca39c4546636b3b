import { createHmac } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * What an authenticator application shows now for the address of a QR code (RFC 6238: SHA-1, six digits, 30 seconds,
 * as both libraries have it).
 *
 * @param {string} uri `otpauth://totp/...`
 * @returns {string}
 */
export function codeNow(uri) {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", fromBase32(new URL(uri).searchParams.get("secret")))
    .update(step)
    .digest();
  const number = digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

function fromBase32(text) {
  const letters = text.replaceAll("=", "").split("");
  const bits = letters.map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
