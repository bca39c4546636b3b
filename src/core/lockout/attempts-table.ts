import { table } from "../../database/statements/table.ts";
import { integer, nullable, text, timestamp, uuid } from "../../database/statements/value-type.ts";

/** Failed attempts, by what they count against. See `attempt-key.ts` for the keys. */
export const attempts = table("attempts", {
  key: text,
  /** The user the key stands for, if there is one. No foreign key: it must not fail when the user goes. */
  userId: nullable(uuid),
  /** Failures that count towards a lock; forgotten after a quiet time. */
  failures: integer,
  /** Failures since the last success; never forgotten. */
  consecutive: integer,
  lastFailedAt: timestamp,
  lockedUntil: nullable(timestamp),
});
