import { table } from "../../database/statements/table.ts";
import { json, nullable, text, timestamp, uuid } from "../../database/statements/value-type.ts";

/** The event log. No foreign key: an entry outlives the user and the session it names. */
export const events = table("events", {
  id: uuid,
  userId: nullable(uuid),
  type: text,
  occurredAt: timestamp,
  ipAddress: nullable(text),
  userAgent: nullable(text),
  sessionId: nullable(uuid),
  data: json,
});
