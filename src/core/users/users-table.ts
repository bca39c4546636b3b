import { table } from "../../database/statements/table.ts";
import { nullable, text, timestamp, uuid } from "../../database/statements/value-type.ts";

export const users = table("users", {
  id: uuid,
  email: text,
  emailCanonical: text,
  name: nullable(text),
  emailVerifiedAt: nullable(timestamp),
  disabledAt: nullable(timestamp),
  disabledReason: nullable(text),
  createdAt: timestamp,
  updatedAt: timestamp,
});
