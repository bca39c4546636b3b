import { table } from "../../database/statements/table.ts";
import { bytes, timestamp, uuid } from "../../database/statements/value-type.ts";

/** Browsers a user has signed in from: each has a budget of failed attempts of its own. */
export const devices = table("devices", {
  id: uuid,
  userId: uuid,
  tokenHash: bytes,
  createdAt: timestamp,
  /** Exact to a day: a visit is written down when the last one lies that far behind. */
  lastSeenAt: timestamp,
});
