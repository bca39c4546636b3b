import { bytes, integer, json, nullable, table, text, timestamp, uuid } from "../../module.ts";

/** What a user can answer the second step with. */
export const factors = table("two_factor_factors", {
  userId: uuid,
  /** `totp` or `email`. */
  kind: text,
  /** Of TOTP: the shared secret, sealed. */
  sealedSecret: nullable(text),
  /** `null` until the user has shown that it works: of no effect before. */
  confirmedAt: nullable(timestamp),
  /** Of TOTP: the time step of the last code that was accepted. None at or before it is accepted again. */
  lastStep: nullable(integer),
  createdAt: timestamp,
});

/** Codes for a user who has lost the factors: a row for each that is left. */
export const recoveryCodes = table("two_factor_recovery_codes", {
  codeHash: bytes,
  userId: uuid,
  createdAt: timestamp,
});

/** Sign-ins that wait for their second step, and proofs that somebody signed in is to give. */
export const challenges = table("two_factor_challenges", {
  tokenHash: bytes,
  userId: uuid,
  /** What the first step was proved by. */
  method: text,
  /** The steps of other modules that the sign-in has behind it. */
  passed: json,
  failures: integer,
  sealedEmailCode: nullable(text),
  emailCodeExpiresAt: nullable(timestamp),
  emailCodesSent: integer,
  createdAt: timestamp,
  expiresAt: timestamp,
});

/** Wrong codes of a user, counted apart from wrong passwords and not forgotten for a right one. */
export const codeAttempts = table("two_factor_attempts", {
  userId: uuid,
  failures: integer,
  lastFailedAt: timestamp,
  lockedUntil: nullable(timestamp),
});

/** Browsers that are asked for the password alone for a while. */
export const trustedDevices = table("two_factor_trusted_devices", {
  deviceId: uuid,
  userId: uuid,
  createdAt: timestamp,
  trustedUntil: timestamp,
});

export const twoFactorTables = [factors, recoveryCodes, challenges, codeAttempts, trustedDevices].map(
  (one) => one.info,
);
