import { hash } from "node:crypto";
import type { RandomSource } from "../ids.ts";

/** 256 bits: twice the 128 that ASVS 5.0 asks of a session token (7.2.3, 11.5.1). */
const tokenBytes = 32;

// 256 bits are 42 characters and 4 bits: the last character can only be one whose lower 2 bits are zero, so
// every token has exactly one spelling.
const tokenPattern = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** A token in both its forms: what the user holds, and what we store. */
export interface CreatedToken {
  /** 43 characters of base64url. Shown once, never stored. */
  readonly token: string;
  /** See {@link hashToken}. 32 bytes. */
  readonly tokenHash: Uint8Array;
}

/**
 * Makes a token of 256 random bits.
 *
 * @param kind What the token opens (`"session"`, `"device"`, ...); see {@link hashToken}.
 */
export function createToken(kind: string, random: RandomSource): CreatedToken {
  const bytes = new Uint8Array(tokenBytes);
  random(bytes);
  const token = Buffer.from(bytes.buffer).toString("base64url");
  return { token, tokenHash: hashToken(kind, token) };
}

/**
 * The digest under which a token is stored and looked up: SHA-256 of `kind:token`, 32 bytes.
 *
 * The kind is part of the digest, so a token presented as one of another kind is simply not found. A plain
 * digest suffices, because nobody can guess 256 random bits; and because rows are found by digest, no
 * comparison depends on the token's own characters.
 */
export function hashToken(kind: string, token: string): Uint8Array {
  return hash("sha256", `${kind}:${token}`, "buffer");
}

/**
 * Recognises a token by its form alone. Never throws.
 *
 * @returns The token, or `null` for anything that {@link createToken} cannot have made: another type, length
 *   or alphabet, padding, white space, or a last character with stray bits.
 */
export function parseToken(value: unknown): string | null {
  return typeof value === "string" && tokenPattern.test(value) ? value : null;
}
