import { bytes, integer, json, nullable, table, text, timestamp, uuid } from "../../module.ts";

/**
 * What was mailed to be confirmed: a row for each mail, which is counted on and spent, and otherwise never changed. So a
 * link confirms the address that it was sent to, and no other.
 */
export const verifications = table("email_verifications", {
  linkHash: bytes,
  userId: uuid,
  /**
   * `verify`: the account's address; `change`: a new one; `undo`: back to the one before; `taken`: nothing, a sign-up for
   * an address that has an account already, the user's.
   */
  purpose: text,
  /** The address that is confirmed, and its form for comparisons. */
  email: text,
  canonical: text,
  /** `null` where no mail was sent, or one without a code. */
  sealedCode: nullable(text),
  codeExpiresAt: nullable(timestamp),
  /** Codes that were tried, and mails that were sent, for the sign-in that waits. */
  attempts: integer,
  sent: integer,
  /** Of a sign-in that waits: its token's digest, how long it waits, what it was proved by, and the steps behind it. */
  challengeHash: nullable(bytes),
  challengeExpiresAt: nullable(timestamp),
  method: nullable(text),
  passed: json,
  /** Of a change: the session that asked for it. */
  sessionId: nullable(uuid),
  /** Used, or void. */
  spentAt: nullable(timestamp),
  createdAt: timestamp,
  expiresAt: timestamp,
});
