import { guard, sql } from "../../database/statements/fragment.ts";
import { insertInto, statement } from "../../database/statements/statement.ts";
import { aliased } from "../../database/statements/table.ts";
import { bytes, integer, nullable, text, timestamp, uuid } from "../../database/statements/value-type.ts";
import type { Session } from "../session.ts";
import { users } from "../users/users-table.ts";
import { withoutFlush } from "../without-flush.ts";
import { sessions } from "./sessions-table.ts";

/** The columns of {@link Session}, of the table or of an alias of it. */
export function sessionColumns(source: typeof sessions = sessions) {
  return {
    id: source.id,
    userId: source.userId,
    createdAt: source.createdAt,
    authenticatedAt: source.authenticatedAt,
    lastSeenAt: source.lastSeenAt,
    expiresAt: source.expiresAt,
    absoluteExpiresAt: source.absoluteExpiresAt,
    ipAddress: source.ipAddress,
    userAgent: source.userAgent,
  };
}

const u = aliased(users, "u");
const s = aliased(sessions, "s");

const currentSessionColumns = {
  ...sessionColumns(s),
  email: u.email,
  name: u.name,
  emailVerifiedAt: u.emailVerifiedAt,
  disabledAt: u.disabledAt,
  userCreatedAt: u.createdAt,
  userUpdatedAt: u.updatedAt,
};

/**
 * The statement of every request. `expires_at` alone decides: it never lies past `absolute_expires_at`, which
 * a constraint holds.
 */
export const findCurrentSession = statement({
  id: "session.find",
  hot: true,
  params: { tokenHash: bytes, now: timestamp },
  row: currentSessionColumns,
  sql: (p, row) =>
    sql`select ${row} from ${s} join ${u} on ${u.id} = ${s.userId}
      where ${s.tokenHash} = ${p.tokenHash} and ${s.expiresAt} > ${p.now} and ${u.disabledAt} is null`,
});

/** For an operation that lost its answer: did the session it prepared come to be? */
export const findCurrentSessionById = statement({
  id: "session.find_by_id",
  params: { id: uuid },
  row: currentSessionColumns,
  sql: (p, row) =>
    sql`select ${row} from ${s} join ${u} on ${u.id} = ${s.userId} where ${s.id} = ${p.id} and ${u.disabledAt} is null`,
});

export const newSessionParams = {
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
};

export const insertSession = statement({
  id: "session.insert",
  params: newSessionParams,
  sql: (p) => insertInto(sessions, p),
});

/** Of callers that find the session due at once, one writes; should a crash forget it, the next one writes again. */
export const refreshSession = statement({
  id: "session.refresh",
  params: { id: uuid, lastSeenAt: timestamp, expiresAt: timestamp, seenBefore: timestamp },
  sql: (p) =>
    sql`update ${sessions} set "last_seen_at" = ${p.lastSeenAt}, "expires_at" = ${p.expiresAt}
      where ${sessions.id} = ${p.id} and ${sessions.lastSeenAt} <= ${p.seenBefore}
        and ${sessions.expiresAt} > ${p.lastSeenAt} and ${withoutFlush}`,
});

/** The user proved again who they are. */
export const renewAuthentication = statement({
  id: "session.renew_authentication",
  params: { id: uuid, now: timestamp },
  row: { id: sessions.id },
  sql: (p, row) =>
    sql`update ${sessions} set "authenticated_at" = ${p.now} where ${sessions.id} = ${p.id} returning ${row}`,
});

export const listLiveSessions = statement<{ userId: string; now: Date }, Session>({
  id: "session.list",
  params: { userId: uuid, now: timestamp },
  row: sessionColumns(),
  sql: (p, row) =>
    sql`select ${row} from ${sessions} where ${sessions.userId} = ${p.userId} and ${sessions.expiresAt} > ${p.now}
      order by ${sessions.id} desc`,
});

export const deleteSession = statement({
  id: "session.delete",
  params: { id: uuid, userId: uuid, now: timestamp },
  row: { id: sessions.id },
  sql: (p, row) =>
    sql`delete from ${sessions} where ${sessions.id} = ${p.id} and ${sessions.userId} = ${p.userId}
      and ${sessions.expiresAt} > ${p.now} returning ${row}`,
});

export const deleteSessionByToken = statement({
  id: "session.delete_by_token",
  params: { tokenHash: bytes },
  sql: (p) => sql`delete from ${sessions} where ${sessions.tokenHash} = ${p.tokenHash}${guard}`,
});

/** Returns the ids of the sessions that were alive and those that were not, all gone now. */
export const deleteSessionsOfUser = statement({
  id: "session.delete_of_user",
  params: { userId: uuid },
  row: { id: sessions.id, expiresAt: sessions.expiresAt },
  sql: (p, row) =>
    sql`delete from ${sessions} where ${sessions.userId} = ${p.userId}${guard} returning ${row}`,
});

export const deleteOtherSessions = statement({
  id: "session.delete_others",
  params: { userId: uuid, keepSessionId: uuid },
  row: { id: sessions.id, expiresAt: sessions.expiresAt },
  sql: (p, row) =>
    sql`delete from ${sessions} where ${sessions.userId} = ${p.userId} and ${sessions.id} <> ${p.keepSessionId}
      returning ${row}`,
});

/** Leaves the newest `others` sessions beside the one kept. */
export const deleteOldestSessions = statement({
  id: "session.delete_oldest",
  params: { userId: uuid, keepSessionId: uuid, others: integer },
  row: { id: sessions.id },
  sql: (p, row) =>
    sql`delete from ${sessions} where ${sessions.userId} = ${p.userId} and ${sessions.id} <> ${p.keepSessionId}
      and ${sessions.id} not in (
        select ${s.id} from ${s} where ${s.userId} = ${p.userId} and ${s.id} <> ${p.keepSessionId}
        order by ${s.id} desc limit ${p.others}
      ) returning ${row}`,
});
