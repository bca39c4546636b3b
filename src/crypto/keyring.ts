import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { AuthError } from "../errors.ts";
import type { RandomSource } from "../ids.ts";
import { createSealer, type Sealer } from "./sealer.ts";

/** Fewer bytes could be guessed: NIST SP 800-107 section 5.3.4 asks of an HMAC key no less than its security strength. */
const minimumBytes = 32;
const signatureBytes = 32;

/** Signs short values that leave the house and come back, such as cookies. Not secret: anybody can read them. */
export interface Signer {
  /** base64url of the value and its HMAC-SHA256. */
  sign(value: string): string;
  /** The value, or `null` for anything that `sign` did not make for the same purpose with a secret still in the list. */
  verify(signed: string): string | null;
}

/**
 * The application's secrets: the first one signs and seals, every one verifies and opens, so that they can be changed
 * without an outage.
 */
export interface Keyring {
  /**
   * A signer whose values are of no use for another purpose.
   * @throws AuthError `configuration_invalid` if the application gave no secret
   */
  signer(purpose: string): Signer;
  /**
   * A sealer whose texts are of no use for another purpose.
   * @throws AuthError `configuration_invalid` if the application gave no secret
   */
  sealer(purpose: string, random: RandomSource): Sealer;
}

/**
 * @param secrets Each of 32 bytes of UTF-8 or more; none for an application that needs none.
 * @throws AuthError `configuration_invalid`
 */
export function createKeyring(secrets: readonly string[]): Keyring {
  for (const secret of secrets) {
    if (typeof secret !== "string" || Buffer.byteLength(secret) < minimumBytes) {
      throw invalid(
        `A secret has at least ${String(minimumBytes)} bytes; make one by: openssl rand -base64 32`,
      );
    }
  }
  const keysFor = (purpose: string, use: string): readonly Buffer[] => {
    if (secrets.length === 0) throw invalid(`createAuth needs the option \`secret\` for ${purpose}`);
    return secrets.map((secret) => deriveKey(secret, use));
  };
  return {
    signer: (purpose) => createSigner(keysFor(purpose, purpose)),
    // A space is in no purpose: what seals never signs.
    sealer: (purpose, random) => createSealer(keysFor(purpose, `seal ${purpose}`), { purpose, random }),
  };
}

function createSigner(keys: readonly Buffer[]): Signer {
  return {
    sign(value) {
      const bytes = Buffer.from(value, "utf8");
      return Buffer.concat([mac(keys[0]!, bytes), bytes]).toString("base64url");
    },
    verify(signed) {
      const bytes = Buffer.from(signed, "base64url");
      // Buffer skips what is no base64url; such a spelling was not made here.
      if (bytes.length < signatureBytes || bytes.toString("base64url") !== signed) return null;
      const [signature, value] = [bytes.subarray(0, signatureBytes), bytes.subarray(signatureBytes)];
      const known = keys.some((key) => timingSafeEqual(mac(key, value), signature));
      return known ? value.toString("utf8") : null;
    },
  };
}

/** HKDF (RFC 5869) gives each use a key of its own. */
function deriveKey(secret: string, use: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "wispy-auth", use, 32));
}

function mac(key: Buffer, value: Uint8Array): Buffer {
  return createHmac("sha256", key).update(value).digest();
}

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message });
}
