import { randomFillSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { systemRandom } from "../../src/ids.ts";

const [today, yesterday] = ["a".repeat(32), "b".repeat(32)];

const sealerOf = (secrets: readonly string[], purpose = "test.values") =>
  createKeyring(secrets).sealer(purpose, systemRandom);

describe("a sealer", () => {
  const sealer = sealerOf([today]);

  it("opens what it sealed, and shows nothing of it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (text, row) => {
        const sealed = sealer.seal(text, row);
        expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(sealer.open(sealed, row)).toBe(text);
      }),
    );
    const sealed = Buffer.from(sealer.seal("reset-token-1234567890", "row 1"), "base64url");
    expect(sealed.includes("reset-token")).toBe(false);
    expect(sealed.includes("row 1")).toBe(false);
  });

  it("never seals a text twice alike", () => {
    const sealed = Array.from({ length: 1000 }, () => sealer.seal("the same", "row 1"));
    expect(new Set(sealed).size).toBe(1000);
  });

  it("opens nothing in which one bit was changed, or which was cut or spelled otherwise", () => {
    const sealed = sealer.seal("code=ABC", "row 1");
    const bytes = Buffer.from(sealed, "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(sealer.open(changed.toString("base64url"), "row 1")).toBeNull();
    }
    for (let length = 0; length < bytes.length; length += 1) {
      expect(sealer.open(bytes.subarray(0, length).toString("base64url"), "row 1")).toBeNull();
    }
    for (const spelling of ["", "x", `${sealed}=`, ` ${sealed}`, `${sealed}A`, `${sealed}AAAA`]) {
      expect(sealer.open(spelling, "row 1")).toBeNull();
    }
  });

  it("opens nothing that was sealed for another place, purpose or secret", () => {
    const sealed = sealer.seal("hello", "row 1");
    for (const place of ["row 2", "row 1 ", "", "row 1\0"]) expect(sealer.open(sealed, place)).toBeNull();
    for (const purpose of ["test.other", "test", "test.values\0row 1"]) {
      expect(sealerOf([today], purpose).open(sealed, "row 1")).toBeNull();
      expect(sealerOf([today], purpose).open(sealed, "")).toBeNull();
    }
    expect(sealerOf([yesterday]).open(sealed, "row 1")).toBeNull();
    expect(createKeyring([today]).signer("test.values").verify(sealed)).toBeNull();
  });

  it("CF-02: goes on opening what an older secret sealed, and seals with the newest", () => {
    const old = sealerOf([yesterday]).seal("hello", "row 1");
    const both = sealerOf([today, yesterday]);
    expect(both.open(old, "row 1")).toBe("hello");
    expect(sealer.open(both.seal("hello", "row 1"), "row 1")).toBe("hello");
    expect(sealerOf([yesterday]).open(both.seal("hello", "row 1"), "row 1")).toBeNull();
  });

  it("CF-02: tells by the first four bytes which secret sealed", () => {
    const keyId = (sealed: string) => Buffer.from(sealed, "base64url").subarray(0, 4).toString("hex");
    const [one, two] = [sealer.seal("a", "row 1"), sealer.seal("b", "row 2")];
    expect(keyId(one)).toBe(keyId(two));
    expect(keyId(sealerOf([yesterday]).seal("a", "row 1"))).not.toBe(keyId(one));
  });

  it("opens none of what was made up", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const made = Buffer.from(bytes).toString("base64url");
        expect(sealer.open(made, "row 1")).toBeNull();
      }),
    );
    const sealed = Buffer.from(sealer.seal("hello", "row 1"), "base64url");
    randomFillSync(sealed, 4);
    expect(sealer.open(sealed.toString("base64url"), "row 1")).toBeNull();
  });

  it("wants a secret", () => {
    expect(() => sealerOf([])).toThrow(/secret/);
  });
});
