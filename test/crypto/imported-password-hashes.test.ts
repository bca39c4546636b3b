import { pbkdf2Sync, scryptSync } from "node:crypto";
import { hash as bcryptHash } from "@node-rs/bcrypt";
import { hash as argon2Hash } from "@node-rs/argon2";
import { describe, expect, test } from "vitest";
import { argon2idHasher } from "../../src/crypto/password-hasher.ts";

const hasher = argon2idHasher({ memoryKiB: 8, passes: 1 });
const wrong = { valid: false, outdated: false };
const rightButOutdated = { valid: true, outdated: true };
const unpadded = (bytes: Buffer): string => bytes.toString("base64").replaceAll("=", "");

/** Hashes that other software made: of its documentation or test suite, or made with it. */
const foreign: readonly { readonly from: string; readonly password: string; readonly hash: string }[] = [
  {
    from: "the Argon2 reference implementation, version 1.3",
    password: "password",
    hash: "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
  },
  {
    from: "the Argon2 reference implementation, Argon2i",
    password: "password",
    hash: "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
  },
  {
    from: "the Argon2 reference implementation, version 1.0, which names no version",
    password: "password",
    hash: "$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ",
  },
  {
    from: "passlib's argon2",
    password: "password",
    hash: "$argon2i$v=19$m=512,t=2,p=2$aI2R0hpDyLm3ltLa+1/rvQ$LqPKjd6n8yniKtAithoR7A",
  },
  {
    from: "passlib's bcrypt",
    password: "password",
    hash: "$2b$12$GhvMmNVjRW29ulnudl.LbuAnUtN/LRfe1JsBm1Xu6LE3059z5Tr8m",
  },
  {
    from: "PHP's password_hash",
    password: "rasmuslerdorf",
    hash: "$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq",
  },
  {
    from: "passlib's scrypt",
    password: "password",
    hash: "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
  },
  {
    from: "better-auth",
    password: "correct horse battery staple",
    hash:
      "1f5419eba3f1e461e29e6ae393f31592:b4cc432c3be2502085fa5a5efbf278c14fc08a8b174d0b33ee9e746f6b3a7956" +
      "a3eb569d0a0c97969d2041996ba48e59311e3b0e3205862f19be57e7168bce7e",
  },
  {
    from: "Lucia (oslo)",
    password: "correct horse battery staple",
    hash:
      "5b6fdc3bb785f378fa1c495ebe2a2f90:41fa513a0916f2d4c857fc76d670d41796a61890e59ab7d343d0af2797cf04ed" +
      "9260d47123194718bc15375014181e476de060b194d52af86019910e7d3e0f8b",
  },
  {
    from: "passlib's pbkdf2_sha256",
    password: "password",
    hash: "$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
  },
  {
    from: "passlib's pbkdf2_sha256, with its own letter for base64's plus",
    password: "password",
    hash: "$pbkdf2-sha256$6400$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44",
  },
  {
    from: "Django",
    password: "lètmein",
    hash: "pbkdf2_sha256$10000$seasalt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=",
  },
];

describe("PW-02: hashes of other software are accepted, and called outdated", () => {
  test.each(foreign)("$from", async ({ password, hash }) => {
    expect(await hasher.verify(hash, password)).toEqual(rightButOutdated);
    expect(await hasher.verify(hash, `${password} `)).toEqual(wrong);
    expect(await hasher.verify(hash, password.toUpperCase())).toEqual(wrong);
    expect(await hasher.verify(hash, "")).toEqual(wrong);
  });

  test("scrypt in its PHC form, of other parameters", async () => {
    const salt = Buffer.alloc(16, 3);
    const key = scryptSync("correct horse", salt, 32, { N: 1024, r: 4, p: 2 });
    const hash = `$scrypt$ln=10,r=4,p=2$${unpadded(salt)}$${unpadded(key)}`;
    expect(await hasher.verify(hash, "correct horse")).toEqual(rightButOutdated);
    expect(await hasher.verify(hash, "wrong horse")).toEqual(wrong);
  });

  test.each(["i=1000", "i=1000,l=64", "1000"])(
    "PBKDF2 with SHA-512, parameters written %s",
    async (parameters) => {
      const salt = Buffer.alloc(16, 251);
      const key = pbkdf2Sync("correct horse", salt, 1000, 64, "sha512");
      const hash = `$pbkdf2-sha512$${parameters}$${unpadded(salt)}$${unpadded(key)}`;
      expect(await hasher.verify(hash, "correct horse")).toEqual(rightButOutdated);
      expect(await hasher.verify(hash.replaceAll("+", "."), "correct horse")).toEqual(rightButOutdated);
      expect(await hasher.verify(hash, "wrong horse")).toEqual(wrong);
    },
  );

  test.each(["2a", "2b", "2y"] as const)("bcrypt with the prefix $%s$", async (version) => {
    const hash = await bcryptHash("correct horse", { cost: 4, version });
    expect(await hasher.verify(hash, "correct horse")).toEqual(rightButOutdated);
    expect(await hasher.verify(hash, "wrong horse")).toEqual(wrong);
  });
});

describe("PW-06: what bcrypt did to a password before it came to us", () => {
  test("it knows 72 bytes only; from the rehash on the whole password counts", async () => {
    const password = `${"x".repeat(72)} and more`;
    const hash = await bcryptHash(password, { cost: 4 });
    expect(await hasher.verify(hash, password)).toEqual(rightButOutdated);
    expect(await hasher.verify(hash, `${"x".repeat(72)} and less`)).toEqual(rightButOutdated);
    expect(await hasher.verify(hash, "x".repeat(71))).toEqual(wrong);
    const rehashed = await hasher.hash(password);
    expect(await hasher.verify(rehashed, `${"x".repeat(72)} and less`)).toEqual(wrong);
  });

  test("a password with a NUL is not taken for the one that bcrypt cannot tell from it", async () => {
    const hash = await bcryptHash("abc", { cost: 4 });
    expect(await hasher.verify(hash, "abc")).toEqual(rightButOutdated);
    expect(await hasher.verify(hash, "abc\0abc")).toEqual(wrong);
    expect(await hasher.verify(hash, "abc\0")).toEqual(wrong);
  });
});

describe("PW-07: an imported hash may be of the password as typed", () => {
  const decomposed = "cafe\u0301 ﬁve";

  test.each([
    ["bcrypt", () => bcryptHash(decomposed, { cost: 4 })],
    ["Argon2id of other parameters", () => argon2Hash(decomposed, { memoryCost: 16, timeCost: 1 })],
    ["Argon2id of our own parameters", () => argon2Hash(decomposed, { memoryCost: 8, timeCost: 1 })],
  ])("%s", async (_name, make) => {
    const hash = await make();
    expect(await hasher.verify(hash, decomposed)).toEqual(rightButOutdated);
    // Nobody can know how another spelling was meant, until the rehash.
    expect(await hasher.verify(hash, decomposed.normalize("NFKC"))).toEqual(wrong);
    const rehashed = await hasher.hash(decomposed);
    expect(await hasher.verify(rehashed, decomposed.normalize("NFKC"))).toEqual({
      valid: true,
      outdated: false,
    });
  });
});
