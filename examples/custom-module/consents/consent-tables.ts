import { boolean, integer, nullable, table, text, timestamp, uuid } from "wispy-auth/module";

/** What users have said, one row each time: rows are added and never changed while the user is there. */
export const consentRecords = table("consent_records", {
  id: uuid,
  /** `null` once the user is gone. */
  userId: nullable(uuid),
  document: text,
  /** 1, 2, 3, ... of a user and a document: what was said last, though clocks stand still. */
  number: integer,
  version: text,
  /** False for a withdrawal. */
  accepted: boolean,
  occurredAt: timestamp,
  ipAddress: nullable(text),
  /** When the user went; the row follows later. */
  forgottenAt: nullable(timestamp),
});
