import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createIdSource, isUuid, pooledRandom, systemRandom, uuidv7 } from "../src/ids.ts";

const zeros = (bytes: Uint8Array): void => void bytes.fill(0);
const ones = (bytes: Uint8Array): void => void bytes.fill(0xff);
const milliseconds = fc.nat(2 ** 48 - 1).filter((value) => !Number.isNaN(new Date(value).getTime()));

describe("uuidv7", () => {
  test("it gives the example of RFC 9562, appendix A.6", () => {
    const random = (bytes: Uint8Array): void =>
      bytes.set(Buffer.from("0000000000000cc318c4dc0c0c07398f", "hex"));
    expect(uuidv7(new Date(0x017f22e279b0), random)).toBe("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  });

  test("it holds the time, the version, the variant and 74 random bits", () => {
    expect(uuidv7(new Date(0), zeros)).toBe("00000000-0000-7000-8000-000000000000");
    expect(uuidv7(new Date(0), ones)).toBe("00000000-0000-7fff-bfff-ffffffffffff");
  });

  test("its first 48 bits are the time in milliseconds", () => {
    fc.assert(
      fc.property(milliseconds, (time) => {
        const id = uuidv7(new Date(time), systemRandom);
        expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(time);
      }),
    );
  });

  test("ids of a later millisecond sort after ids of an earlier one, as text", () => {
    fc.assert(
      fc.property(milliseconds, milliseconds, (a, b) => {
        fc.pre(a < b);
        expect(uuidv7(new Date(a), ones) < uuidv7(new Date(b), zeros)).toBe(true);
      }),
    );
  });

  test("100,000 ids of one millisecond are distinct", () => {
    const now = new Date("2026-01-01T00:00:00Z");
    expect(new Set(Array.from({ length: 100_000 }, () => uuidv7(now, systemRandom))).size).toBe(100_000);
  });

  test("every id is a canonical UUID", () => {
    fc.assert(
      fc.property(milliseconds, fc.uint8Array({ minLength: 16, maxLength: 16 }), (time, bytes) => {
        expect(isUuid(uuidv7(new Date(time), (target) => target.set(bytes)))).toBe(true);
      }),
    );
  });
});

describe("createIdSource", () => {
  test("gives ascending UUIDs within a millisecond, 2,000 at least, and with the time across them", () => {
    const newId = createIdSource(systemRandom);
    const now = new Date("2026-01-01T00:00:00Z");
    const ids = Array.from({ length: 2000 }, () => newId(now));
    ids.push(newId(new Date(now.getTime() + 1)));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(2001);
    expect(ids.every(isUuid)).toBe(true);
  });

  test("stays unique when a millisecond has more ids than the counter has room for", () => {
    const newId = createIdSource(systemRandom);
    const now = new Date("2026-01-01T00:00:00Z");
    expect(new Set(Array.from({ length: 10_000 }, () => newId(now))).size).toBe(10_000);
  });
});

describe("isUuid", () => {
  const id = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

  test.each([
    ["upper case", id.toUpperCase()],
    ["braces", `{${id}}`],
    ["no hyphens", id.replaceAll("-", "")],
    ["a line break at the end", `${id}\n`],
    ["a space before", ` ${id}`],
    ["one character too few", id.slice(1)],
    ["a foreign character", id.replace("f", "g")],
    ["another variant", id.replace("98c4", "c8c4")],
    ["nothing", ""],
  ])("refuses a UUID with %s", (_name, value) => {
    expect(isUuid(value)).toBe(false);
  });

  test.each([[null], [undefined], [1], [[id]], [{ toString: () => id }]])("refuses %o, no text", (value) => {
    expect(isUuid(value)).toBe(false);
  });
});

describe("pooled random bytes", () => {
  test("fill pieces of any size from one reserve after the other", () => {
    const random = pooledRandom(ones);
    for (const size of [1, 16, 32, 4096, 5000, 7, 4090, 10, 0, 32]) {
      const piece = new Uint8Array(size);
      random(piece);
      expect(piece.every((byte) => byte === 0xff)).toBe(true);
    }
  });

  test("are never handed out twice", () => {
    const random = pooledRandom();
    const pieces = Array.from({ length: 20_000 }, () => {
      const piece = new Uint8Array(16);
      random(piece);
      return Buffer.from(piece).toString("hex");
    });
    expect(new Set(pieces).size).toBe(pieces.length);
  });
});
