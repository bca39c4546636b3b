import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeyring } from "../../src/crypto/keyring.ts";

const [today, yesterday] = ["a".repeat(32), "b".repeat(32)];

describe("a signer", () => {
  const signer = createKeyring([today]).signer("test.values");

  it("gives back what it signed, in the characters of a cookie", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (value) => {
        const signed = signer.sign(value);
        expect(signed).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(signer.verify(signed)).toBe(value);
      }),
    );
  });

  it("takes nothing else: no changed character, no other spelling, no other purpose, no other secret", () => {
    const signed = signer.sign("code=ABC");
    for (let i = 0; i < signed.length; i += 1) {
      const other = signed[i] === "A" ? "B" : "A";
      expect(signer.verify(signed.slice(0, i) + other + signed.slice(i + 1))).toBeNull();
    }
    for (const spelling of ["", "x", `${signed}=`, ` ${signed}`, `${signed}A`, signed.slice(1)]) {
      expect(signer.verify(spelling)).toBeNull();
    }
    expect(createKeyring([today]).signer("test.others").verify(signed)).toBeNull();
    expect(createKeyring([yesterday]).signer("test.values").verify(signed)).toBeNull();
  });

  it("CF-02: goes on reading what an older secret signed, and signs with the newest", () => {
    const old = createKeyring([yesterday]).signer("test.values").sign("hello");
    const both = createKeyring([today, yesterday]).signer("test.values");
    expect(both.verify(old)).toBe("hello");
    expect(signer.verify(both.sign("hello"))).toBe("hello");
  });

  it("wants secrets that cannot be guessed, and one at all", () => {
    expect(() => createKeyring(["short"])).toThrow(/at least 32 bytes/);
    expect(() => createKeyring([]).signer("test.values")).toThrow(/secret/);
  });
});
