import { createHmac, timingSafeEqual } from "node:crypto";

/** RFC 6238 section 5.2 and appendix B: what every authenticator application takes for granted. */
export const stepSeconds = 30;
const digits = 6;

/** RFC 4648 section 6. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4226 section 5.3: the code of one counter. */
export function codeOfStep(
  secret: Uint8Array,
  step: number,
  { algorithm = "sha1", length = digits }: { readonly algorithm?: string; readonly length?: number } = {},
): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(algorithm, secret).update(counter).digest();
  const offset = mac[mac.length - 1]! & 0xf;
  const value = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(value % 10 ** length).padStart(length, "0");
}

export function stepAt(time: Date): number {
  return Math.floor(time.getTime() / 1000 / stepSeconds);
}

/**
 * The time step that a code belongs to, among the present one and `window` on each side of it; `null` if it is none of
 * theirs. Every candidate is looked at, so that the time taken does not tell which one it was.
 */
export function matchCode(
  secret: Uint8Array,
  { code, now, window }: { readonly code: string; readonly now: Date; readonly window: number },
): number | null {
  const given = Buffer.from(code);
  if (given.length !== digits) return null;
  let matched: number | null = null;
  const current = stepAt(now);
  for (let step = current - window; step <= current + window; step += 1) {
    if (timingSafeEqual(Buffer.from(codeOfStep(secret, step)), given)) matched = step;
  }
  return matched;
}

export function encodeBase32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet[(value >>> (bits - 5)) & 31];
    value &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + alphabet[(value << (5 - bits)) & 31]!;
}

/** The address that authenticator applications read from a QR code (Key URI Format). */
export function keyUri({
  issuer,
  account,
  secret,
}: {
  readonly issuer: string;
  readonly account: string;
  readonly secret: Uint8Array;
}): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const query = new URLSearchParams({
    secret: encodeBase32(secret),
    issuer,
    algorithm: "SHA1",
    digits: String(digits),
    period: String(stepSeconds),
  });
  // Some applications show a plus where a space was meant.
  return `otpauth://totp/${label}?${query.toString().replaceAll("+", "%20")}`;
}
