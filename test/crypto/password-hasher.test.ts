import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePasswordHash } from "../../src/crypto/parse-password-hash.ts";
import { argon2idHasher } from "../../src/crypto/password-hasher.ts";
import { isAuthError } from "../../src/errors.ts";
import { fuzzRuns } from "./fuzz-runs.ts";

const quick = argon2idHasher({ memoryKiB: 8, passes: 1 });
const wrong = { valid: false, outdated: false };
const right = { valid: true, outdated: false };

/** Any well-formed text; "grapheme" mixes in composed and decomposed letters, "binary" every code point. */
const password = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom("é", "e\u0301", "ﬁ", "fi", "Å", "Å", "①", "1", "\0", " ", "가", "가") }),
);

describe("PW-01: a new hash is Argon2id at OWASP's parameters, with a random salt", () => {
  test("the default hash has 19 MiB, 2 passes, 1 lane, a salt of 16 bytes and a key of 32", async () => {
    expect(parsePasswordHash(await argon2idHasher().hash("correct horse"))).toMatchObject({
      scheme: "argon2",
      variant: "argon2id",
      version: 19,
      memoryKiB: 19_456,
      passes: 2,
      parallelism: 1,
      saltBytes: 16,
      keyBytes: 32,
    });
  });

  test("1,000 hashes of one password have 1,000 salts", async () => {
    const hashes = await Promise.all(Array.from({ length: 1000 }, () => quick.hash("correct horse")));
    expect(new Set(hashes.map((hash) => hash.split("$").at(-2))).size).toBe(1000);
    expect(new Set(hashes.map((hash) => hash.split("$").at(-1))).size).toBe(1000);
  });

  test("the salt is the injected random source's", async () => {
    const hasher = argon2idHasher({ memoryKiB: 8, passes: 1, random: (bytes) => void bytes.fill(7) });
    const expected = Buffer.alloc(16, 7).toString("base64").replaceAll("=", "");
    expect((await hasher.hash("correct horse")).split("$").at(-2)).toBe(expected);
  });
});

describe("PW-02: a hash of another policy is called outdated, once its password is proven", () => {
  const policy = { memoryKiB: 16, passes: 2, parallelism: 1 };
  const hasher = argon2idHasher(policy);

  test.each([
    ["less memory", { ...policy, memoryKiB: 8 }],
    ["more memory", { ...policy, memoryKiB: 32 }],
    ["fewer passes", { ...policy, passes: 1 }],
    ["more lanes", { ...policy, parallelism: 2 }],
  ])("%s", async (_name, other) => {
    const hash = await argon2idHasher(other).hash("correct horse");
    expect(await hasher.verify(hash, "correct horse")).toEqual({ valid: true, outdated: true });
    expect(await hasher.verify(hash, "wrong horse")).toEqual(wrong);
  });

  test("one of the same policy is not", async () => {
    expect(await hasher.verify(await hasher.hash("correct horse"), "correct horse")).toEqual(right);
  });
});

describe("PW-04: a missing, empty or damaged hash is a wrong password", () => {
  test.each([
    ["null", null],
    ["nothing", ""],
    ["garbage", "garbage"],
    ["a truncated hash", "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7c"],
    ["a cut-off header", "$argon2id$v=19$m=8"],
    [
      "a hostile hash",
      "$argon2id$v=19$m=4294967295,t=9,p=1$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJH",
    ],
    ["NUL", "\0"],
    ["a lone surrogate", "\ud800"],
  ])("%s", async (_name, hash) => {
    for (const attempt of ["correct horse", "", "é", "e\u0301", "\ud800", "x".repeat(5000)]) {
      expect(await quick.verify(hash, attempt)).toEqual(wrong);
    }
  });

  test("a value that is no string at all is one too", async () => {
    for (const hash of [undefined, 7, {}, []]) {
      expect(await quick.verify(hash as unknown as null, "correct horse")).toEqual(wrong);
    }
  });

  test("the stand-in for a missing hash is no password's, even with a random source that always says zero", async () => {
    const hasher = argon2idHasher({ memoryKiB: 8, passes: 1, random: (bytes) => void bytes.fill(0) });
    for (const attempt of ["", "\0", "password", "A"])
      expect(await hasher.verify(null, attempt)).toEqual(wrong);
  });
});

describe("PW-06: the whole password counts", () => {
  test("a password with one code point changed never verifies", async () => {
    const change = fc.tuple(fc.nat(), fc.string({ unit: "binary", minLength: 1, maxLength: 1 }));
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary", minLength: 1, maxLength: 100 }),
        change,
        async (text, [at, other]) => {
          const points = Array.from(text);
          points[at % points.length] = other;
          const changed = points.join("");
          fc.pre(changed.normalize("NFKC") !== text.normalize("NFKC"));
          expect(await quick.verify(await quick.hash(text), changed)).toEqual(wrong);
        },
      ),
      fuzzRuns(10_000, 50_000),
    );
  });

  test("neither case, nor ends, nor anything after a NUL or after 72 bytes is ignored", async () => {
    const long = "x".repeat(1023);
    for (const [text, other] of [
      ["Correct Horse", "correct horse"],
      ["correct horse", "correct horse "],
      ["correct horse", " correct horse"],
      ["correct\0horse", "correct\0house"],
      ["correct", "correct\0"],
      ["abc", "abc\0abc"],
      [`${long}a`, `${long}b`],
      ["", "\0"],
    ] as const) {
      const hash = await quick.hash(text);
      expect(await quick.verify(hash, text)).toEqual(right);
      expect(await quick.verify(hash, other)).toEqual(wrong);
    }
  });
});

describe("PW-07: a password is hashed in its NFKC form", () => {
  test("two passwords verify against each other exactly if their NFKC forms are equal", async () => {
    await fc.assert(
      fc.asyncProperty(password, password, async (first, second) => {
        const hash = await quick.hash(first);
        const same = first.normalize("NFKC") === second.normalize("NFKC");
        expect(await quick.verify(hash, first)).toEqual(right);
        expect(await quick.verify(hash, second)).toEqual(same ? right : wrong);
      }),
      fuzzRuns(2_000, 50_000),
    );
  });

  test("the same holds at the real cost", async () => {
    const hasher = argon2idHasher();
    await fc.assert(
      fc.asyncProperty(password, password, async (first, second) => {
        const same = first.normalize("NFKC") === second.normalize("NFKC");
        expect(await hasher.verify(await hasher.hash(first), second)).toEqual(same ? right : wrong);
      }),
      fuzzRuns(20, 2_000),
    );
  });

  test("the NFC, NFD, NFKC and NFKD spellings of 200 passwords are one password each", async () => {
    const texts = fc.sample(password, { numRuns: 200, seed: 7 });
    for (const text of texts) {
      const hash = await quick.hash(text.normalize("NFD"));
      for (const form of ["NFC", "NFD", "NFKC", "NFKD"]) {
        expect(await quick.verify(hash, text.normalize(form))).toEqual(right);
      }
    }
  });

  test("an ill-formed or over-long password is not hashed, and never the right one", async () => {
    for (const [text, reason] of [
      ["correct horse \ud83d", "ill_formed"],
      ["\udc00 correct horse", "ill_formed"],
      ["x".repeat(1025), "too_long"],
      ["é".repeat(513), "too_long"],
    ] as const) {
      const refusal: unknown = await quick.hash(text).catch((error: unknown) => error);
      expect(isAuthError(refusal, "password_rejected") && refusal.data.reason).toBe(reason);
      expect(await quick.verify(await quick.hash("\ufffd correct horse"), text)).toEqual(wrong);
    }
  });
});
