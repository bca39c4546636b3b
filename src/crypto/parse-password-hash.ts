/**
 * A stored password hash, taken apart. Every number in it lies within the limits of this file, so whatever
 * verifies it does a bounded amount of work.
 */
export type ParsedPasswordHash = Argon2Hash | BcryptHash | ScryptHash | Pbkdf2Hash;

export interface Argon2Hash {
  readonly scheme: "argon2";
  readonly variant: "argon2id" | "argon2i" | "argon2d";
  /** 19 (Argon2 1.3) or 16 (1.0, also when the string names no version). */
  readonly version: number;
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly saltBytes: number;
  readonly keyBytes: number;
  readonly encoded: string;
}

export interface BcryptHash {
  readonly scheme: "bcrypt";
  readonly encoded: string;
}

export interface ScryptHash {
  readonly scheme: "scrypt";
  /** N, a power of two. */
  readonly cost: number;
  /** r. */
  readonly blockSize: number;
  /** p. */
  readonly parallelism: number;
  readonly salt: Uint8Array;
  readonly key: Uint8Array;
}

export interface Pbkdf2Hash {
  readonly scheme: "pbkdf2";
  readonly digest: "sha256" | "sha512";
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly key: Uint8Array;
}

/** The longest string of any kind below is about 250 characters. */
const maximumEncodedLength = 512;

// Each limit is a few times the strongest setting in common use (OWASP Password Storage, library defaults) and
// takes about a second or less on one core of 2020's kind, so that a hostile row cannot stop the service.
const limits = {
  argon2: { memoryKiB: 262_144, memoryTimesPasses: 1_048_576, parallelism: 16 },
  bcrypt: { cost: 14 },
  /** N*r: 128 bytes each, so 256 MiB; N*r*p: the work. */
  scrypt: { memoryBlocks: 2 ** 21, workBlocks: 3 * 2 ** 20, parallelism: 16 },
  pbkdf2: { iterationsTimesBlocks: 4_000_000 },
  /** RustCrypto reads salts up to 48 bytes and keys up to 64. A key under 16 bytes could be hit by chance. */
  salt: { minimum: 8, maximum: 48 },
  key: { minimum: 16, maximum: 64 },
} as const;

const number = "([1-9][0-9]{0,9})";
const base64 = "([A-Za-z0-9+/]{1,128})";
const patterns = {
  argon2: new RegExp(
    `^\\$(argon2id|argon2i|argon2d)\\$(?:v=${number}\\$)?m=${number},t=${number},p=${number}\\$${base64}\\$${base64}$`,
  ),
  bcrypt: /^\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}$/,
  scrypt: new RegExp(`^\\$scrypt\\$ln=${number},r=${number},p=${number}\\$${base64}\\$${base64}$`),
  scryptHex: /^([0-9a-f]{32}):([0-9a-f]{128})$/,
  // The PHC form names the iterations (`i=`); passlib's does not, and writes `.` for `+`.
  pbkdf2: new RegExp(
    `^\\$pbkdf2-(sha256|sha512)\\$(?:i=)?${number}(?:,l=${number})?\\$([A-Za-z0-9+/.]{1,128})\\$([A-Za-z0-9+/.]{1,128})$`,
  ),
  pbkdf2Django: new RegExp(
    `^pbkdf2_(sha256|sha512)\\$${number}\\$([!-#%-~]{1,64})\\$([A-Za-z0-9+/]{1,128}={0,2})$`,
  ),
};

/**
 * Takes a stored hash apart. Never throws, does no hashing, and allocates nothing larger than the string.
 *
 * Known forms: Argon2 (PHC), bcrypt (`$2a$`, `$2b$`, `$2y$`), scrypt (PHC with `ln`, and the `salt:key` hex of
 * better-auth and Lucia), PBKDF2 with SHA-256 or SHA-512 (PHC, passlib, Django).
 *
 * @returns `null` for anything else: no hash, an unknown or damaged form, parameters beyond the limits.
 */
export function parsePasswordHash(hash: string | null): ParsedPasswordHash | null {
  if (typeof hash !== "string" || hash.length > maximumEncodedLength) return null;
  if (hash.startsWith("$argon2")) return parseArgon2(hash);
  if (hash.startsWith("$2")) return parseBcrypt(hash);
  if (hash.startsWith("$scrypt$")) return parseScrypt(hash);
  if (hash.startsWith("$pbkdf2-")) return parsePbkdf2(hash);
  if (hash.startsWith("pbkdf2_")) return parseDjangoPbkdf2(hash);
  return parseScryptHex(hash);
}

function parseArgon2(hash: string): Argon2Hash | null {
  const match = patterns.argon2.exec(hash);
  if (match === null) return null;
  const [, variant, versionText = "16", m, t, p, saltText = "", keyText = ""] = match;
  const version = Number(versionText);
  const [memoryKiB, passes, parallelism] = [Number(m), Number(t), Number(p)];
  const salt = decodeBase64(saltText);
  const key = decodeBase64(keyText);
  if (version !== 19 && version !== 16) return null;
  if (parallelism > limits.argon2.parallelism || memoryKiB < 8 * parallelism) return null;
  if (memoryKiB > limits.argon2.memoryKiB || memoryKiB * passes > limits.argon2.memoryTimesPasses)
    return null;
  if (salt === null || key === null || !within(salt, limits.salt) || !within(key, limits.key)) return null;
  return {
    scheme: "argon2",
    variant: variant as Argon2Hash["variant"],
    version,
    memoryKiB,
    passes,
    parallelism,
    saltBytes: salt.length,
    keyBytes: key.length,
    encoded: hash,
  };
}

function parseBcrypt(hash: string): BcryptHash | null {
  const cost = Number(patterns.bcrypt.exec(hash)?.[1]);
  return cost >= 4 && cost <= limits.bcrypt.cost ? { scheme: "bcrypt", encoded: hash } : null;
}

function parseScrypt(hash: string): ScryptHash | null {
  const match = patterns.scrypt.exec(hash);
  if (match === null) return null;
  const [, ln, r, p, saltText = "", keyText = ""] = match;
  const [logarithm, blockSize, parallelism] = [Number(ln), Number(r), Number(p)];
  const { memoryBlocks, workBlocks, parallelism: maximumParallelism } = limits.scrypt;
  const blocks = 2 ** logarithm * blockSize;
  if (parallelism > maximumParallelism || blocks > memoryBlocks || blocks * parallelism > workBlocks)
    return null;
  // RFC 7914 section 6: N is less than 2^(128 * r / 8).
  if (logarithm >= 16 * blockSize) return null;
  const salt = decodeBase64(saltText);
  const key = decodeBase64(keyText);
  if (salt === null || key === null || !within(salt, limits.salt) || !within(key, limits.key)) return null;
  return { scheme: "scrypt", cost: 2 ** logarithm, blockSize, parallelism, salt, key };
}

/** The form names no parameters: better-auth and Lucia 3 fix them, and salt with the hex text itself. */
function parseScryptHex(hash: string): ScryptHash | null {
  const [, saltText, keyText] = patterns.scryptHex.exec(hash) ?? [];
  if (saltText === undefined || keyText === undefined) return null;
  const salt = Buffer.from(saltText, "utf8");
  return {
    scheme: "scrypt",
    cost: 16_384,
    blockSize: 16,
    parallelism: 1,
    salt,
    key: Buffer.from(keyText, "hex"),
  };
}

function parsePbkdf2(hash: string): Pbkdf2Hash | null {
  const match = patterns.pbkdf2.exec(hash);
  if (match === null) return null;
  const [, digest, iterations, keyLength, saltText = "", keyText = ""] = match;
  const salt = decodeBase64(saltText.replaceAll(".", "+"));
  const key = decodeBase64(keyText.replaceAll(".", "+"));
  if (salt === null || key === null || salt.length > limits.salt.maximum) return null;
  if (keyLength !== undefined && Number(keyLength) !== key.length) return null;
  return boundedPbkdf2({ digest: digest as Pbkdf2Hash["digest"], iterations: Number(iterations), salt, key });
}

function parseDjangoPbkdf2(hash: string): Pbkdf2Hash | null {
  const match = patterns.pbkdf2Django.exec(hash);
  if (match === null) return null;
  const [, digest, iterations, saltText = "", keyText = ""] = match;
  const key = Buffer.from(keyText, "base64");
  if (key.toString("base64") !== keyText) return null;
  // Django salts with the text as it stands.
  const salt = Buffer.from(saltText, "utf8");
  return boundedPbkdf2({ digest: digest as Pbkdf2Hash["digest"], iterations: Number(iterations), salt, key });
}

function boundedPbkdf2(hash: Omit<Pbkdf2Hash, "scheme">): Pbkdf2Hash | null {
  const digestBytes = hash.digest === "sha256" ? 32 : 64;
  // Each block of the key costs all the iterations once more.
  const work = hash.iterations * Math.ceil(hash.key.length / digestBytes);
  if (!within(hash.key, limits.key) || work > limits.pbkdf2.iterationsTimesBlocks) return null;
  return { scheme: "pbkdf2", ...hash };
}

/** Base64 without padding, in its one canonical spelling; `null` for any other. */
function decodeBase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64").replaceAll("=", "") === text ? bytes : null;
}

function within(bytes: Uint8Array, range: { readonly minimum: number; readonly maximum: number }): boolean {
  return bytes.length >= range.minimum && bytes.length <= range.maximum;
}
