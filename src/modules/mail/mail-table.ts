import { bytes, integer, nullable, table, text, timestamp, uuid } from "../../module.ts";

export const mailTable = table("mails", {
  id: uuid,
  /** Of template and idempotency key: two mails with one hash are one mail. */
  keyHash: bytes,
  template: text,
  /** Recipient, owner and data, under the application's secret. Gone once the mail is delivered or has expired. */
  sealed: nullable(text),
  state: text,
  /** Deliveries begun. */
  attempts: integer,
  /** Who delivers it now, until `dueAt`. */
  claim: nullable(uuid),
  /** Why the last delivery failed, without anything of the mail in it. */
  reason: nullable(text),
  dueAt: timestamp,
  expiresAt: nullable(timestamp),
  createdAt: timestamp,
  finishedAt: nullable(timestamp),
});
