import { table } from "../database/statements/table.ts";
import { integer, nullable, text, timestamp, uuid } from "../database/statements/value-type.ts";

/** A row for each old account that was adopted, or that the application maps to an account by its own hand. */
export const adoptedUsers = table("adopted_users", {
  /** The table that `oldId` comes from, such as `public.users`. */
  source: text,
  oldId: integer,
  oldUuid: nullable(text),
  userId: uuid,
  adoptedAt: timestamp,
  /** When the old row had last changed by then. */
  oldUpdatedAt: nullable(timestamp),
  /** The last old event of this account that was looked at. */
  eventsTo: integer,
});

/** A row for each set of old tables. Who adopts holds it, so that two at once take turns. */
export const adoptedSources = table("adopted_sources", {
  source: text,
  /** The last old event without an account that was looked at. */
  anonymousEventsTo: integer,
});

/** A row for each old row that a module has taken over. */
export const adoptedRows = table("adopted_rows", {
  /** The table that `oldId` comes from, such as `public.referral_codes`. */
  source: text,
  oldId: integer,
  rowId: uuid,
  adoptedAt: timestamp,
});
