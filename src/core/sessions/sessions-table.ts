import { table } from "../../database/statements/table.ts";
import { bytes, nullable, text, timestamp, uuid } from "../../database/statements/value-type.ts";

export const sessions = table("sessions", {
  id: uuid,
  userId: uuid,
  tokenHash: bytes,
  createdAt: timestamp,
  authenticatedAt: timestamp,
  lastSeenAt: timestamp,
  expiresAt: timestamp,
  absoluteExpiresAt: timestamp,
  ipAddress: nullable(text),
  userAgent: nullable(text),
});
