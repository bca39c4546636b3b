import { bytes, table, text, timestamp, uuid } from "../../module.ts";

/** Links to a new password that are on their way: one for a user, the newest. */
export const passwordResets = table("password_resets", {
  userId: uuid,
  tokenHash: bytes,
  /** The address that the link was sent to. */
  email: text,
  createdAt: timestamp,
  expiresAt: timestamp,
});
