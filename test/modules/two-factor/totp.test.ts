import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { codeOfStep, encodeBase32, keyUri, matchCode, stepAt } from "../../../src/modules/two-factor/totp.ts";
import { createRecoveryCode, hashRecoveryCode } from "../../../src/modules/two-factor/recovery-code.ts";

const key = (length: number): Buffer => Buffer.from("1234567890".repeat(10).slice(0, length));

// RFC 6238 appendix B (with the keys of erratum 2866).
const vectors = [
  [59, "94287082", "46119246", "90693936"],
  [1111111109, "07081804", "68084774", "25091201"],
  [1111111111, "14050471", "67062674", "99943326"],
  [1234567890, "89005924", "91819424", "93441116"],
  [2000000000, "69279037", "90698825", "38618901"],
  [20000000000, "65353130", "77737706", "47863826"],
] as const;

it.each(vectors)("MF-01: gives the codes of RFC 6238 at %i", (...vector) => {
  const [seconds, sha1, sha256, sha512] = vector;
  const step = stepAt(new Date(seconds * 1000));
  expect(codeOfStep(key(20), step, { length: 8 })).toBe(sha1);
  expect(codeOfStep(key(32), step, { length: 8, algorithm: "sha256" })).toBe(sha256);
  expect(codeOfStep(key(64), step, { length: 8, algorithm: "sha512" })).toBe(sha512);
  expect(codeOfStep(key(20), step)).toBe(sha1.slice(2));
});

it("MF-01: takes a code at most one step early or late, or not at all", () => {
  const secret = key(20);
  const now = new Date(1_700_000_000_000);
  for (let away = -3; away <= 3; away += 1) {
    const code = codeOfStep(secret, stepAt(now) + away);
    const [loose, strict] = [1, 0].map((window) => matchCode(secret, { code, now, window }));
    expect(loose).toBe(Math.abs(away) <= 1 ? stepAt(now) + away : null);
    expect(strict).toBe(away === 0 ? stepAt(now) : null);
  }
  for (const code of ["", "12345", "1234567", "abcdef", "１２３４５６", "12 456"]) {
    expect(matchCode(secret, { code, now, window: 1 })).toBeNull();
  }
});

it("writes secrets as authenticator applications read them", () => {
  // RFC 4648 section 10, without padding.
  const words = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
  const encoded = ["", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"];
  expect(words.map((word) => encodeBase32(Buffer.from(word)))).toEqual(encoded);
  const uri = new URL(keyUri({ issuer: "Acme & Söhne", account: "a+b@example.com", secret: key(20) }));
  expect(decodeURIComponent(uri.pathname)).toBe("/Acme & Söhne:a+b@example.com");
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    secret: encodeBase32(key(20)),
    issuer: "Acme & Söhne",
    algorithm: "SHA1",
    digits: "6",
    period: "30",
  });
});

it("MF-04: makes recovery codes of 120 bits that are read in any spelling", () => {
  let drawn = 0;
  const random = (bytes: Uint8Array): void => {
    drawn += 1;
    const draw = createHmac("sha256", "test").update(String(drawn)).digest();
    bytes.set(draw.subarray(0, bytes.length));
  };
  const codes = Array.from({ length: 2000 }, () => createRecoveryCode(random));
  expect(new Set(codes).size).toBe(2000);
  for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
  const counts = new Map<string, number>();
  for (const character of codes.join("").replaceAll("-", "")) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  expect(counts.size).toBe(32);
  // 48,000 draws among 32: five standard deviations around 1,500.
  for (const count of counts.values()) expect(Math.abs(count - 1500)).toBeLessThan(200);
  const code = "0123-4567-89AB-CDEF-GHJK-MNPQ";
  const spellings = [code, code.toLowerCase(), code.replaceAll("-", " "), code.replaceAll("-", "")];
  spellings.push(code.replace("01", "oI"), ` ${code.replace("1", "l")} `);
  expect(new Set(spellings.map((one) => Buffer.from(hashRecoveryCode(one)!).toString("hex"))).size).toBe(1);
  for (const none of ["", "0123", `${code}0`, code.replace("Z", "U"), "x".repeat(5000)]) {
    if (none === code) continue;
    expect(hashRecoveryCode(none)).toBeNull();
  }
});
