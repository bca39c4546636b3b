import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePasswordHash } from "../../src/crypto/parse-password-hash.ts";
import { argon2idHasher } from "../../src/crypto/password-hasher.ts";
import { fuzzRuns } from "./fuzz-runs.ts";

const salt = "c29tZXNhbHRzb21lc2FsdA";
const key = "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
const bcryptBody = "GhvMmNVjRW29ulnudl.LbuAnUtN/LRfe1JsBm1Xu6LE3059z5Tr8m";

const hostile: readonly string[] = [
  `$argon2id$v=19$m=4294967295,t=1,p=1$${salt}$${key}`,
  `$argon2id$v=19$m=2097152,t=1,p=1$${salt}$${key}`,
  `$argon2id$v=19$m=262145,t=1,p=1$${salt}$${key}`,
  `$argon2id$v=19$m=262144,t=5,p=1$${salt}$${key}`,
  `$argon2id$v=19$m=8,t=4294967295,p=1$${salt}$${key}`,
  `$argon2id$v=19$m=19456,t=54,p=1$${salt}$${key}`,
  `$argon2i$v=19$m=99999999999999999999,t=1,p=1$${salt}$${key}`,
  `$argon2d$v=16$m=262144,t=99,p=1$${salt}$${key}`,
  `$argon2id$v=19$m=65536,t=3,p=255$${salt}$${key}`,
  `$argon2id$v=19$m=19456,t=2,p=16777215$${salt}$${key}`,
  `$argon2id$v=19$m=0,t=2,p=1$${salt}$${key}`,
  `$argon2id$v=19$m=19456,t=0,p=1$${salt}$${key}`,
  `$argon2id$v=19$m=19456,t=2,p=0$${salt}$${key}`,
  `$argon2id$v=19$m=-1,t=2,p=1$${salt}$${key}`,
  `$argon2id$v=19$m=1e9,t=2,p=1$${salt}$${key}`,
  `$argon2id$v=19$m=19456,t=2,p=1$${salt}$${"A".repeat(100_000)}`,
  `$argon2id$v=19$m=19456,t=2,p=1$${"A".repeat(10_000_000)}$${key}`,
  `$2b$15$${bcryptBody}`,
  `$2b$31$${bcryptBody}`,
  `$2a$99$${bcryptBody}`,
  `$2y$00$${bcryptBody}`,
  `$scrypt$ln=19,r=8,p=1$${salt}$${key}`,
  `$scrypt$ln=31,r=8,p=1$${salt}$${key}`,
  `$scrypt$ln=9999999999,r=1,p=1$${salt}$${key}`,
  `$scrypt$ln=14,r=1073741824,p=1$${salt}$${key}`,
  `$scrypt$ln=14,r=8,p=1073741823$${salt}$${key}`,
  `$scrypt$ln=17,r=8,p=4$${salt}$${key}`,
  `$scrypt$ln=0,r=8,p=1$${salt}$${key}`,
  `$pbkdf2-sha256$4000001$${salt}$${key}`,
  `$pbkdf2-sha512$i=2147483647$${salt}$${key}`,
  `$pbkdf2-sha256$i=4000000,l=64$${salt}$${key}${key}`,
  `pbkdf2_sha256$9999999999$seasalt$${key}=`,
];

describe("PW-03: a hash of hostile cost is refused before any work", () => {
  test.each(
    hostile.map((hash) => [hash.length > 90 ? `${hash.slice(0, 80)}… (${hash.length})` : hash, hash]),
  )("%s", (_name, hash) => {
    expect(parsePasswordHash(hash)).toBeNull();
  });

  test("the strongest settings in common use are within the limits", () => {
    for (const hash of [
      `$argon2id$v=19$m=65536,t=3,p=4$${salt}$${key}`,
      `$argon2id$v=19$m=262144,t=4,p=1$${salt}$${key}`,
      `$2b$14$${bcryptBody}`,
      `$scrypt$ln=17,r=8,p=1$${salt}$${key}`,
      `$pbkdf2-sha256$i=1200000$${salt}$${key}`,
      `pbkdf2_sha256$1500000$seasalt$${key}=`,
    ]) {
      expect(parsePasswordHash(hash)).not.toBeNull();
    }
  });

  test("a hasher of its own hostile cost is refused when it is made", () => {
    for (const options of [
      { memoryKiB: 2 ** 21 },
      { memoryKiB: 7 },
      { memoryKiB: 19_456.5 },
      { passes: 0 },
      { passes: 100_000 },
      { parallelism: 17 },
      { parallelism: -1 },
      { passes: Number.NaN },
    ]) {
      expect(() => argon2idHasher(options)).toThrow(
        expect.objectContaining({ code: "configuration_invalid" }),
      );
    }
  });
});

describe("what is taken for a hash", () => {
  test("the parameters of an Argon2 string are read", () => {
    expect(parsePasswordHash(`$argon2id$v=19$m=19456,t=2,p=1$${salt}$${key}`)).toMatchObject({
      scheme: "argon2",
      variant: "argon2id",
      version: 19,
      memoryKiB: 19_456,
      passes: 2,
      parallelism: 1,
      saltBytes: 16,
      keyBytes: 32,
    });
    expect(parsePasswordHash(`$argon2i$m=4096,t=3,p=1$${salt}$${key}`)).toMatchObject({ version: 16 });
  });

  test.each([
    ["nothing", ""],
    ["a word", "garbage"],
    ["a scheme nobody knows", "$md5$abc$def"],
    ["another version", `$argon2id$v=18$m=8,t=1,p=1$${salt}$${key}`],
    ["parameters in another order", `$argon2id$v=19$t=1,m=8,p=1$${salt}$${key}`],
    ["a leading zero", `$argon2id$v=19$m=08,t=1,p=1$${salt}$${key}`],
    ["a key id", `$argon2id$v=19$m=8,t=1,p=1,keyid=AAAA$${salt}$${key}`],
    ["padding", `$argon2id$v=19$m=8,t=1,p=1$${salt}==$${key}`],
    ["stray bits in the salt", `$argon2id$v=19$m=8,t=1,p=1$${salt.slice(0, -1)}B$${key}`],
    ["a salt of 4 bytes", `$argon2id$v=19$m=8,t=1,p=1$AAAAAA$${key}`],
    ["a key of 4 bytes, which chance could hit", `$argon2id$v=19$m=8,t=1,p=1$${salt}$AAAAAA`],
    ["a line break at the end", `$argon2id$v=19$m=8,t=1,p=1$${salt}$${key}\n`],
    ["a NUL at the end", `$2b$12$${bcryptBody}\0`],
    ["bcrypt's broken $2x$", `$2x$12$${bcryptBody}`],
    ["a bcrypt cost with a sign", `$2b$+4$${bcryptBody}`],
    ["upper-case hex", `${"AB".repeat(16)}:${"CD".repeat(64)}`],
    ["a length that is not the key's", `$pbkdf2-sha256$i=1000,l=64$${salt}$${key}`],
    ["an r of 1 with an N that RFC 7914 forbids", `$scrypt$ln=16,r=1,p=1$${salt}$${key}`],
  ])("%s is none", (_name, hash) => {
    expect(parsePasswordHash(hash)).toBeNull();
  });

  test("PW-04: no hash that lost its end is one", () => {
    for (const hash of [
      `$argon2id$v=19$m=19456,t=2,p=1$${salt}$${key}`,
      `$2b$12$${bcryptBody}`,
      `${"ab".repeat(16)}:${"cd".repeat(64)}`,
      `pbkdf2_sha256$1000$seasalt$${key}=`,
    ]) {
      expect(parsePasswordHash(hash)).not.toBeNull();
      expect(parsePasswordHash(hash.slice(0, -1))).toBeNull();
      expect(parsePasswordHash(hash.slice(0, hash.length / 2))).toBeNull();
    }
  });
});

describe("PW-03: whatever stands in the column", () => {
  const number = fc.oneof(fc.nat(), fc.bigInt().map(String), fc.constantFrom("", "0", "-1", "1e3", "08"));
  const text = fc.oneof(fc.constant(salt), fc.constant(key), fc.base64String({ maxLength: 90 }), fc.string());
  const almostPhc = fc
    .tuple(
      fc.constantFrom("argon2id", "argon2i", "argon2d", "scrypt", "pbkdf2-sha256", "pbkdf2-sha512", "2b"),
      fc.constantFrom("v=19$", "v=16$", ""),
      fc.tuple(number, number, number),
      fc.tuple(text, text),
    )
    .map(([scheme, version, [a, b, c], [first, second]]) => {
      const names = scheme.startsWith("argon2") ? ["m", "t", "p"] : ["ln", "r", "p"];
      return `$${scheme}$${version}${names[0]}=${a},${names[1]}=${b},${names[2]}=${c}$${first}$${second}`;
    });

  test("it is read without an exception, and what is accepted has a bounded cost", () => {
    fc.assert(
      fc.property(fc.oneof(almostPhc, fc.string({ unit: "binary", maxLength: 600 })), (hash) => {
        const parsed = parsePasswordHash(hash);
        if (parsed?.scheme === "argon2") {
          expect(parsed.memoryKiB * parsed.passes).toBeLessThanOrEqual(1_048_576);
          expect(parsed.memoryKiB).toBeLessThanOrEqual(262_144);
        }
        if (parsed?.scheme === "scrypt") {
          expect(parsed.cost * parsed.blockSize * parsed.parallelism).toBeLessThanOrEqual(3 * 2 ** 20);
        }
        if (parsed?.scheme === "pbkdf2") expect(parsed.iterations).toBeLessThanOrEqual(4_000_000);
      }),
      fuzzRuns(10_000, 500_000),
    );
  });
});
