import { createCipheriv, createDecipheriv, hash } from "node:crypto";
import type { RandomSource } from "../ids.ts";

const algorithm = "aes-256-gcm";
const keyIdBytes = 4;
/** NIST SP 800-38D section 8.2.2: 96 random bits, good for 2^32 seals under one key (section 8.3). */
const nonceBytes = 12;
const tagBytes = 16;

/** Keeps texts secret that are stored and read again: what the database holds is of no use without the secret. */
export interface Sealer {
  /**
   * base64url of the key's id, a nonce, the text under AES-256-GCM and its tag. `boundTo` says where the text belongs,
   * such as its row's id: it is not in the output, and nothing opens without it.
   */
  seal(text: string, boundTo: string): string;
  /** The text, or `null` for anything that `seal` did not make for the same purpose and place with a secret still in the list. */
  open(sealed: string, boundTo: string): string | null;
}

/** @param keys Of 32 bytes, one for each secret: the first one seals, every one opens. */
export function createSealer(
  keys: readonly Uint8Array[],
  { purpose, random }: { readonly purpose: string; readonly random: RandomSource },
): Sealer {
  const known = keys.map((key) => ({ key, id: keyIdOf(key) }));
  // No purpose holds a NUL, so no two pairs are spelled alike.
  const contextOf = (boundTo: string): Buffer => Buffer.from(`${purpose}\0${boundTo}`, "utf8");
  return {
    seal(text, boundTo) {
      const { key, id } = known[0]!;
      const nonce = new Uint8Array(nonceBytes);
      random(nonce);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(contextOf(boundTo));
      const body = [cipher.update(text, "utf8"), cipher.final()];
      return Buffer.concat([id, nonce, ...body, cipher.getAuthTag()]).toString("base64url");
    },
    open(sealed, boundTo) {
      const bytes = Buffer.from(sealed, "base64url");
      // Buffer skips what is no base64url; such a spelling was not made here.
      if (bytes.length < keyIdBytes + nonceBytes + tagBytes || bytes.toString("base64url") !== sealed) {
        return null;
      }
      for (const { key, id } of known) {
        const text = id.equals(bytes.subarray(0, keyIdBytes))
          ? decrypt(bytes, key, contextOf(boundTo))
          : null;
        if (text !== null) return text;
      }
      return null;
    },
  };
}

/** Tells which key sealed a text, and of the key nothing that helps to find it. */
function keyIdOf(key: Uint8Array): Buffer {
  return hash("sha256", key, "buffer").subarray(0, keyIdBytes);
}

function decrypt(bytes: Buffer, key: Uint8Array, context: Buffer): string | null {
  const nonce = bytes.subarray(keyIdBytes, keyIdBytes + nonceBytes);
  const body = bytes.subarray(keyIdBytes + nonceBytes, -tagBytes);
  // Without a length Node.js would take a tag that was cut short.
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(context);
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const text = decipher.update(body);
  try {
    return Buffer.concat([text, decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}
