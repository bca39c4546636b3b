import { byDialect, sql } from "../../database/statements/fragment.ts";
import { statement } from "../../database/statements/statement.ts";
import { aliased } from "../../database/statements/table.ts";
import { integer, timestamp, uuid } from "../../database/statements/value-type.ts";
import { devices } from "../devices/devices-table.ts";
import { events } from "../events/events-table.ts";
import { attempts } from "../lockout/attempts-table.ts";
import { sessions } from "../sessions/sessions-table.ts";

const s = aliased(sessions, "s");
const d = aliased(devices, "d");
const a = aliased(attempts, "a");
const e = aliased(events, "e");

/** Of several cleaners each takes rows of its own. */
const skipLocked = byDialect({ postgres: sql` for update skip locked`, sqlite: sql`` });

/** `before` is the first id after the moment, so that the primary key finds old rows and no other index is kept for it. */
const batch = { before: uuid, limit: integer };

/** Sessions past their absolute end. One that idled out cannot be used; its row waits for that day. */
export const deleteExpiredSessions = statement({
  id: "clean_up.sessions",
  params: { ...batch, now: timestamp },
  sql: (p) =>
    sql`delete from ${sessions} where ${sessions.id} in (
      select ${s.id} from ${s} where ${s.id} < ${p.before} and ${s.absoluteExpiresAt} <= ${p.now}
      order by ${s.id} limit ${p.limit}${skipLocked})`,
});

export const deleteStaleDevices = statement({
  id: "clean_up.devices",
  params: { ...batch, seenBefore: timestamp },
  sql: (p) =>
    sql`delete from ${devices} where ${devices.id} in (
      select ${d.id} from ${d} where ${d.id} < ${p.before} and ${d.lastSeenAt} <= ${p.seenBefore}
      order by ${d.id} limit ${p.limit}${skipLocked})`,
});

/**
 * Attempts on accounts that do not exist. Those of an account stay until it has a success: the cap on
 * consecutive failures must not be washed away by waiting.
 */
export const deleteStrayAttempts = statement({
  id: "clean_up.attempts",
  params: { failedBefore: timestamp, limit: integer },
  sql: (p) =>
    sql`delete from ${attempts} where ${attempts.key} in (
      select ${a.key} from ${a} where ${a.lastFailedAt} <= ${p.failedBefore} and ${a.userId} is null
      order by ${a.lastFailedAt} limit ${p.limit}${skipLocked})`,
});

export const deleteOldEvents = statement({
  id: "clean_up.events",
  params: batch,
  sql: (p) =>
    sql`delete from ${events} where ${events.id} in (
      select ${e.id} from ${e} where ${e.id} < ${p.before} order by ${e.id} limit ${p.limit}${skipLocked})`,
});
