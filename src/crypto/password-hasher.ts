import { AuthError } from "../errors.ts";
import { systemRandom, type RandomSource } from "../ids.ts";
import { parsePasswordHash, type ParsedPasswordHash } from "./parse-password-hash.ts";
import { readPassword } from "./read-password.ts";
import { verifyPasswordHash } from "./verify-password-hash.ts";

/** How passwords become hashes. Replace it with `password.hasher`; the default is {@link argon2idHasher}. */
export interface PasswordHasher {
  /** The hash to store, parameters and salt included. */
  hash(password: string): Promise<string>;
  /**
   * Checks a password against a stored hash. Must take a missing or unreadable hash (`null`, `""`, anything)
   * for a wrong password, and as long for it as for a real one: the callers ask it about unknown users too.
   */
  verify(hash: string | null, password: string): Promise<PasswordVerification>;
}

export interface PasswordVerification {
  readonly valid: boolean;
  /** The password is right, and its hash should be made anew. Never true when `valid` is false. */
  readonly outdated: boolean;
}

export interface Argon2idOptions {
  /** Memory for one hash, in KiB. Default 19456 (19 MiB). */
  readonly memoryKiB?: number;
  /** Passes over the memory. Default 2. */
  readonly passes?: number;
  /** Lanes of one hash. Default 1. */
  readonly parallelism?: number;
  /** The source of salts. Default: the operating system's. */
  readonly random?: RandomSource;
}

interface Argon2idPolicy {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** OWASP Password Storage Cheat Sheet: Argon2id with at least 19 MiB, 2 passes, 1 lane. */
const owaspPolicy: Argon2idPolicy = { memoryKiB: 19_456, passes: 2, parallelism: 1 };

/** RFC 9106 section 3.1 recommends a salt of 16 bytes; 32 bytes are the customary length of the result. */
const saltBytes = 16;
const keyBytes = 32;
const argon2Version = 19;

const wrongPassword: PasswordVerification = { valid: false, outdated: false };

/**
 * Argon2id, written as PHC strings, at OWASP's parameters unless told otherwise.
 *
 * `hash` takes any well-formed password of at most 1024 bytes and hashes its NFKC form; it throws
 * `password_rejected` otherwise. `verify` also knows the hashes of other systems (see `parsePasswordHash`)
 * and of other parameters, and calls them outdated:
 *
 * - A missing, damaged, unknown or too costly hash is a wrong password, and so is a password that `hash` would
 *   refuse; a stand-in of the present parameters is verified, so that the answer takes as long.
 * - A failed verification of an outdated hash verifies the stand-in as well: it never costs less than one of the
 *   present parameters. It may cost more; only a floor on the time of the whole answer hides that.
 * - When NFKC changes the password, the password as typed is tried too: other systems may have hashed it so. For
 *   our own hashes that second try cannot succeed.
 *
 * @throws `configuration_invalid` for parameters that Argon2 does not know or that `verify` would refuse.
 */
export function argon2idHasher(options: Argon2idOptions = {}): PasswordHasher {
  const { random = systemRandom, ...changes } = options;
  const policy: Argon2idPolicy = { ...owaspPolicy, ...changes };
  const standIn = createStandIn(policy, random);
  return {
    hash: (password) => hashPassword(password, { policy, random }),
    verify: (hash, password) => verifyPassword(hash, { password, policy, standIn }),
  };
}

async function hashPassword(
  password: string,
  { policy, random }: { readonly policy: Argon2idPolicy; readonly random: RandomSource },
): Promise<string> {
  const { text, reason } = readPassword(password);
  if (text === null) {
    throw new AuthError("password_rejected", { message: "This password cannot be used.", data: { reason } });
  }
  const salt = new Uint8Array(saltBytes);
  random(salt);
  const { hash } = await import("@node-rs/argon2");
  return hash(text, {
    memoryCost: policy.memoryKiB,
    timeCost: policy.passes,
    parallelism: policy.parallelism,
    outputLen: keyBytes,
    salt,
  });
}

interface Verification {
  readonly password: string;
  readonly policy: Argon2idPolicy;
  readonly standIn: string;
}

async function verifyPassword(
  hash: string | null,
  { password, policy, standIn }: Verification,
): Promise<PasswordVerification> {
  const { text } = readPassword(password);
  const stored = text === null ? null : parsePasswordHash(hash);
  // The stand-in is parsed like a stored hash, not kept parsed: the two ways must do the same work.
  const subject = stored ?? parsePasswordHash(standIn);
  if (subject === null) return wrongPassword; // Never: createStandIn has parsed it.
  // The spellings depend on the password alone, so how often we hash says nothing about the account.
  const spellings = text === null ? [""] : text === password ? [text] : [text, password];
  const current = isCurrent(subject, policy);
  for (const spelling of spellings) {
    const matches = await verifyPasswordHash(subject, spelling);
    if (matches && stored !== null) return { valid: true, outdated: !current || spelling !== text };
  }
  if (!current) await verifyPassword(null, { password, policy, standIn });
  return wrongPassword;
}

function isCurrent(hash: ParsedPasswordHash, policy: Argon2idPolicy): boolean {
  return (
    hash.scheme === "argon2" &&
    hash.variant === "argon2id" &&
    hash.version === argon2Version &&
    hash.memoryKiB === policy.memoryKiB &&
    hash.passes === policy.passes &&
    hash.parallelism === policy.parallelism &&
    hash.saltBytes >= saltBytes &&
    hash.keyBytes === keyBytes
  );
}

/** A hash of the present parameters that is no password's: its key is random. */
function createStandIn(policy: Argon2idPolicy, random: RandomSource): string {
  const bytes = new Uint8Array(saltBytes + keyBytes);
  random(bytes);
  const [salt, key] = [bytes.subarray(0, saltBytes), bytes.subarray(saltBytes)].map((part) =>
    Buffer.from(part).toString("base64").replaceAll("=", ""),
  );
  const { memoryKiB, passes, parallelism } = policy;
  const encoded = `$argon2id$v=${argon2Version}$m=${memoryKiB},t=${passes},p=${parallelism}$${salt}$${key}`;
  if (parsePasswordHash(encoded) === null) {
    throw new AuthError("configuration_invalid", {
      message:
        "password.hasher: Argon2id takes whole numbers: passes from 1, parallelism from 1 to 16, memoryKiB from 8 times " +
        "the parallelism to 262144, and memoryKiB times passes up to 1048576.",
    });
  }
  return encoded;
}
