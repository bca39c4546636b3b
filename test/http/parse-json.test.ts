import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isAuthError } from "../../src/errors.ts";
import { parseJson } from "../../src/http/request/parse-json.ts";

const parse = (text: string): unknown => parseJson(new TextEncoder().encode(text));
const refused = expect.objectContaining({ code: "invalid_input" });

describe("the JSON reader", () => {
  it("gives what JSON.parse gives, or invalid_input, for 20,000 texts, and pollutes nothing", () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const piece = fc.constantFrom(
      '"a"',
      '"__proto__"',
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      "1",
      "null",
      '"\\u0000"',
      '"\\ud800"',
      " ",
      '\\"',
    );
    const text = fc.oneof(
      fc.json({ maxDepth: 10 }),
      fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join("")),
      fc.string({ unit: "binary", maxLength: 50 }),
    );
    fc.assert(
      fc.property(text, (sample) => {
        try {
          expect(parse(sample)).toEqual(JSON.parse(sample));
        } catch (error) {
          if (!isAuthError(error, "invalid_input")) throw error;
        }
      }),
      { numRuns: 20_000 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(({} as Record<string, unknown>)["admin"]).toBe(undefined);
  });

  it("refuses 20,000 random byte strings or reads them as JSON, and throws nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          parseJson(bytes);
        } catch (error) {
          expect(isAuthError(error, "invalid_input")).toBe(true);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  it("IN-10: refuses a key that comes twice in one object, however it is spelled, at any depth", () => {
    for (const text of [
      '{"a":1,"a":2}',
      '{"a":1,"\\u0061":2}',
      '{"x":{"a":1,"b":2,"a":3}}',
      '[{"a":1},{"a":1,"a":1}]',
      '{"":1,"":2}',
      '{"a":{"a":1},"a":2}',
      '{"a\\"b":1,"a\\"b":2}',
    ]) {
      expect(() => parse(text), text).toThrow(refused);
    }
    for (const text of [
      '{"a":{"a":1}}',
      '[{"a":1},{"a":1}]',
      '{"a":"a","b":"a"}',
      '{"a":["a","a"]}',
      '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    ]) {
      expect(parse(text)).toEqual(JSON.parse(text));
    }
  });

  it("IN-11: refuses keys that name a prototype, escaped or nested", () => {
    for (const key of ["__proto__", "constructor", "prototype", "\\u005f_proto__"]) {
      expect(() => parse(`{"${key}":{"admin":true}}`)).toThrow(refused);
      expect(() => parse(`{"a":[{"${key}":1}]}`)).toThrow(refused);
    }
    expect(parse('{"a":"__proto__"}')).toEqual({ a: "__proto__" });
  });

  it("IN-07: refuses NUL and lone surrogates in values and keys", () => {
    for (const text of [
      '"\\u0000"',
      '{"a":["x\\u0000y"]}',
      '{"\\u0000":1}',
      '"\\ud800"',
      '"\\udc00\\ud800"',
      '{"\\udfff":1}',
    ]) {
      expect(() => parse(text), text).toThrow(refused);
    }
    expect(parse('"\\ud83d\\ude00"')).toBe("😀");
  });

  it("IN-12: reads 8 levels and refuses the ninth", () => {
    const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
    expect(() => parse(nested(8))).not.toThrow();
    expect(() => parse(nested(9))).toThrow(refused);
    expect(() => parse(nested(16_000))).toThrow(refused);
  });

  it("reads UTF-8 alone: no byte order mark, no broken sequence, no UTF-16", () => {
    for (const bytes of [
      [0xef, 0xbb, 0xbf, 0x31],
      [0x22, 0xff, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x31, 0x00],
      [],
    ]) {
      expect(() => parseJson(Uint8Array.from(bytes))).toThrow(refused);
    }
  });

  it("says nothing of what the body held", () => {
    try {
      parse('{"password":"hunter22" oops');
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toContain("hunter");
    }
  });
});
