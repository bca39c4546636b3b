import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createToken, hashToken, parseToken } from "../../src/crypto/token.ts";
import { systemRandom } from "../../src/ids.ts";
import { fuzzRuns } from "./fuzz-runs.ts";

const base64urlAlphabet = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
const randomBytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

function tokenOf(bytes: Uint8Array): string {
  return createToken("session", (target) => target.set(bytes)).token;
}

function digestOf(kind: string, token: string): string {
  return Buffer.from(hashToken(kind, token)).toString("hex");
}

describe("SE-01: tokens are 256 bits of the injected random source", () => {
  test("a token is 43 characters of base64url that hold exactly the 32 random bytes", () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, index) => 255 - index * 7);
    const { token } = createToken("session", (target) => target.set(bytes));
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(new Uint8Array(Buffer.from(token, "base64url"))).toEqual(bytes);
  });

  test("the random source is asked once, for 32 bytes", () => {
    const asked: number[] = [];
    createToken("session", (target) => asked.push(target.length));
    expect(asked).toEqual([32]);
  });

  test("100,000 tokens are distinct", () => {
    const tokens = new Set(Array.from({ length: 100_000 }, () => createToken("session", systemRandom).token));
    expect(tokens.size).toBe(100_000);
  });

  test("every token that is made is recognised", () => {
    fc.assert(
      fc.property(randomBytes, (bytes) => {
        const token = tokenOf(bytes);
        expect(parseToken(token)).toBe(token);
      }),
      fuzzRuns(20_000, 1_000_000),
    );
  });
});

describe("SE-02: what is stored of a token is a digest", () => {
  test("the hash is the SHA-256 of kind and token", () => {
    const { token, tokenHash } = createToken("session", systemRandom);
    const expected = createHash("sha256").update(`session:${token}`).digest("hex");
    expect(Buffer.from(tokenHash).toString("hex")).toBe(expected);
    expect(tokenHash).toHaveLength(32);
  });

  test("the hash holds neither the token's characters nor its bytes", () => {
    const { token, tokenHash } = createToken("session", systemRandom);
    const stored = Buffer.from(tokenHash);
    expect(stored.includes(token)).toBe(false);
    expect(stored.equals(Buffer.from(token, "base64url"))).toBe(false);
  });
});

describe("SE-11: the kind is part of the digest", () => {
  const kinds = ["session", "device", "password_reset", "email_verification", "sessio", "session:"];

  test("one token has another digest under every kind", () => {
    const { token } = createToken("session", systemRandom);
    expect(new Set(kinds.map((kind) => digestOf(kind, token))).size).toBe(kinds.length);
  });

  test("two pairs of kind and token never share a digest, whatever the kinds are called", () => {
    const named = fc.tuple(fc.string(), randomBytes).map(([kind, bytes]) => [kind, tokenOf(bytes)] as const);
    fc.assert(
      fc.property(named, named, ([kindA, tokenA], [kindB, tokenB]) => {
        const same = kindA === kindB && tokenA === tokenB;
        expect(digestOf(kindA, tokenA) === digestOf(kindB, tokenB)).toBe(same);
      }),
      fuzzRuns(2_000, 100_000),
    );
  });
});

describe("SE-12: nothing but the token itself passes for it", () => {
  const { token } = createToken("session", systemRandom);
  const opensTheSame = (value: unknown): boolean => {
    const parsed = parseToken(value);
    return parsed !== null && digestOf("session", parsed) === digestOf("session", token);
  };

  test("the token opens", () => {
    expect(opensTheSame(token)).toBe(true);
  });

  test("no prefix of a token is one, nor any extension by a character", () => {
    for (let length = 0; length < token.length; length += 1)
      expect(parseToken(token.slice(0, length))).toBeNull();
    for (const extra of [...base64urlAlphabet, "=", "==", " ", "\n", "\0", "é"]) {
      expect(parseToken(token + extra)).toBeNull();
      expect(parseToken(extra + token)).toBeNull();
    }
  });

  test("every one-bit change of a token's text is refused or opens nothing", () => {
    for (let bit = 0; bit < token.length * 8; bit += 1) {
      const bytes = Buffer.from(token, "latin1");
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(opensTheSame(bytes.toString("latin1"))).toBe(false);
    }
  });

  test("of the four last characters that decode to the same bytes only the canonical one is accepted", () => {
    const accepted = base64urlAlphabet.filter((last) => parseToken(token.slice(0, -1) + last) !== null);
    expect(accepted).toHaveLength(16);
    const decoded = accepted.map((last) =>
      Buffer.from(token.slice(0, -1) + last, "base64url").toString("hex"),
    );
    expect(new Set(decoded).size).toBe(16);
  });

  test("no mutation of a valid token opens what the token opens", () => {
    const mutation = fc.tuple(
      fc.nat(42),
      fc.constantFrom("replace", "insert", "delete", "swap"),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(randomBytes, mutation, (bytes, [at, kind, text]) => {
        const original = tokenOf(bytes);
        const mutated = mutate(original, { at, kind, text });
        fc.pre(mutated !== original);
        const parsed = parseToken(mutated);
        expect(parsed === null || digestOf("session", parsed) !== digestOf("session", original)).toBe(true);
      }),
      fuzzRuns(20_000, 1_000_000),
    );
  });

  test("anything that is not a token is answered with null, never with an exception", () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string({ unit: "binary", maxLength: 60 })), (value) => {
        const parsed = parseToken(value);
        expect(parsed === null || (parsed === value && /^[A-Za-z0-9_-]{43}$/.test(parsed))).toBe(true);
      }),
      fuzzRuns(20_000, 1_000_000),
    );
  });
});

function mutate(
  token: string,
  { at, kind, text }: { readonly at: number; readonly kind: string; readonly text: string },
): string {
  const [before, after] = [token.slice(0, at), token.slice(at + 1)];
  if (kind === "replace") return before + text + after;
  if (kind === "insert") return before + text + token.slice(at);
  if (kind === "delete") return before + after;
  return before + after.slice(0, 1) + token.slice(at, at + 1) + after.slice(1);
}
