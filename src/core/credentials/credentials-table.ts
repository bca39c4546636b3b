import { table } from "../../database/statements/table.ts";
import { text, timestamp, uuid } from "../../database/statements/value-type.ts";

/** A user's password, if there is one. */
export const credentials = table("credentials", {
  userId: uuid,
  passwordHash: text,
  createdAt: timestamp,
  updatedAt: timestamp,
});
