import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEmailAddress, readEmailAddress } from "../../src/core/input/email-address.ts";
import { fuzzRuns } from "../crypto/fuzz-runs.ts";

describe("IN-04: an e-mail address", () => {
  it.each([
    "a@b",
    "name@example.com",
    "first.last+tag@sub.example.co.uk",
    "o'brien@example.com",
    "用户@例子.广告",
    "josé@example.com",
    `${"x".repeat(64)}@example.com`,
    `a@${"b".repeat(63)}.com`,
  ])("is accepted: %s", (address) => {
    expect(readEmailAddress(address)?.address).toBe(address.normalize("NFKC"));
  });

  it.each([
    "",
    "plain",
    "@example.com",
    "a@",
    "a@b@c",
    "a@b,c@d",
    "a@b;c@d",
    '"a b"@example.com',
    "<a@b.com>",
    "Ann <a@b.com>",
    "a b@c.com",
    " a@b.com",
    "a@b.com ",
    "a@b.com\n",
    "a@b.com\r\nBcc: c@d.com",
    "a\u0000@b.com",
    "a@b\u0000.com",
    "a@-b.com",
    "a@b-.com",
    "a@b..com",
    "a@.com",
    "a@b.com.",
    "a@[127.0.0.1]",
    "a\ud800@b.com",
    "a\u202e@b.com",
    "a\u200b@b.com",
    "a\u00a0b@c.com",
    `${"x".repeat(65)}@example.com`,
    `a@${"b".repeat(64)}.com`,
    `a@${"b.".repeat(130)}com`,
    "\ufdfa".repeat(60) + "@example.com",
  ])("is refused: %j", (address) => {
    expect(readEmailAddress(address)).toBeNull();
    expect(() => parseEmailAddress(address)).toThrow(
      expect.objectContaining({ code: "invalid_input" }) as Error,
    );
  });

  it.each([null, undefined, 5, {}, [], ["a@b.com"], { toString: () => "a@b.com" }])(
    "is a string and nothing else: %j",
    (value) => {
      expect(readEmailAddress(value)).toBeNull();
    },
  );
});

describe("IN-05: the canonical form", () => {
  it.each([
    ["case", "Name@Example.COM", "name@example.com"],
    ["the Kelvin sign", "\u212aim@example.com", "kim@example.com"],
    ["full width", "\uff4e\uff41\uff4d\uff45\uff20example.com", "name@example.com"],
    ["composition", "jose\u0301@example.com", "josé@example.com"],
    ["a dotted capital I", "\u0130@example.com", "i\u0307@example.com"],
  ])("is one for %s", (_, given, canonical) => {
    expect(readEmailAddress(given)?.canonical).toBe(canonical);
  });

  const piece = fc.oneof(
    fc.constantFrom(
      "@",
      ".",
      ",",
      '"',
      "<",
      ">",
      " ",
      "\u0000",
      "\r",
      "\n",
      "\uff20",
      "\u212a",
      "\u0130",
      "ẞ",
      "Σ",
      "-",
      "+",
    ),
    fc.string({ unit: "binary", maxLength: 3 }),
    fc.string({ unit: "grapheme", maxLength: 5 }),
    fc.constantFrom("name", "example", ".com"),
  );
  const near = fc
    .tuple(fc.array(piece, { maxLength: 8 }), fc.array(piece, { maxLength: 8 }))
    .map(([local, domain]) => `${local.join("")}@${domain.join("")}`);
  const valid = fc
    .tuple(fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }), fc.emailAddress())
    .map(([prefix, address]) => prefix + address);

  it("is idempotent, as valid as what was given, and one bounded recipient", () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(near, valid, fc.emailAddress()), (text) => {
        const parsed = readEmailAddress(text);
        if (parsed === null) return;
        accepted += 1;
        for (const form of [parsed.address, parsed.canonical]) {
          expect(readEmailAddress(form)?.canonical).toBe(parsed.canonical);
          expect(form.split("@")).toHaveLength(2);
          expect(Buffer.byteLength(form)).toBeLessThanOrEqual(254);
          expect(form).not.toMatch(/[\s,"<>\p{Cc}\p{Cs}\p{Cf}]/u);
        }
        expect(readEmailAddress(parsed.canonical)).toEqual({
          address: parsed.canonical,
          canonical: parsed.canonical,
        });
      }),
      fuzzRuns(20_000, 1_000_000),
    );
    expect(accepted).toBeGreaterThan(1000);
  });
});
