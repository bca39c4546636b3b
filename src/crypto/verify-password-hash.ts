import { pbkdf2, scrypt, timingSafeEqual } from "node:crypto";
import type { ParsedPasswordHash, Pbkdf2Hash, ScryptHash } from "./parse-password-hash.ts";

/**
 * Whether the password is the one the hash was made of. The work runs on libuv's thread pool, never on the
 * event loop; the bindings are loaded when first needed.
 *
 * @param password As it is to be hashed; nothing is normalised here.
 */
export async function verifyPasswordHash(hash: ParsedPasswordHash, password: string): Promise<boolean> {
  switch (hash.scheme) {
    case "argon2": {
      const { verify } = await import("@node-rs/argon2");
      return verify(hash.encoded, password);
    }
    case "bcrypt":
      return verifyBcrypt(hash.encoded, password);
    case "scrypt":
      return timingSafeEqual(await deriveScrypt(hash, password), hash.key);
    case "pbkdf2":
      return timingSafeEqual(await derivePbkdf2(hash, password), hash.key);
  }
}

/**
 * bcrypt reads 72 bytes and ignores the rest: that much cannot be repaired, the stored hash knows no more. The
 * whole password counts from the rehash that follows a correct sign-in.
 */
async function verifyBcrypt(encoded: string, password: string): Promise<boolean> {
  const { verify } = await import("@node-rs/bcrypt");
  const matches = await verify(password, encoded);
  // bcrypt repeats `password NUL` to fill its key, so that "abc" and "abc NUL abc" have one hash; and the C
  // implementations end at the NUL. A password with a NUL in it is therefore never the one that was hashed.
  return matches && !password.includes("\0");
}

function deriveScrypt(hash: ScryptHash, password: string): Promise<Uint8Array> {
  const { cost, blockSize, parallelism, salt, key } = hash;
  // Node's default limit is 32 MiB; the parser has bounded the parameters already.
  const maxmem = 256 * (cost + parallelism) * blockSize;
  return new Promise((resolve, reject) => {
    scrypt(
      password,
      salt,
      key.length,
      { cost, blockSize, parallelization: parallelism, maxmem },
      (error, derived) => (error === null ? resolve(derived) : reject(error)),
    );
  });
}

function derivePbkdf2(hash: Pbkdf2Hash, password: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    pbkdf2(password, hash.salt, hash.iterations, hash.key.length, hash.digest, (error, derived) =>
      error === null ? resolve(derived) : reject(error),
    );
  });
}
