import {
  byDialect,
  aliased,
  bytes,
  expression,
  insertInto,
  integer,
  json,
  nullable,
  sql,
  statement,
  text,
  timestamp,
  usersTable,
  uuid,
} from "../../module.ts";
import { verifications } from "./verification-table.ts";

const u = aliased(usersTable, "u");
const v = verifications;

/** The account of an address, if there is one. */
export const findOwner = statement({
  id: "emailVerification.find_owner",
  params: { canonical: text },
  row: { id: u.id, email: u.email },
  sql: (p, row) => sql`select ${row} from ${u} where ${u.emailCanonical} = ${p.canonical}`,
});

/** The same, held until the transaction ends. */
export const holdOwner = statement({
  id: "emailVerification.hold_owner",
  params: { canonical: text },
  row: { id: u.id, email: u.email },
  sql: (p, row) =>
    sql`select ${row} from ${u} where ${u.emailCanonical} = ${p.canonical}${byDialect({ postgres: sql` for update`, sqlite: sql`` })}`,
});

/** Mails with a code to one address, whoever asked for them. */
export const countMails = statement({
  id: "emailVerification.count_mails",
  params: { canonical: text, since: timestamp },
  row: { mails: expression(integer, sql`count(*)`) },
  sql: (p, row) =>
    sql`select ${row} from ${v} where ${v.canonical} = ${p.canonical} and ${v.createdAt} > ${p.since}
      and ${v.sealedCode} is not null`,
});

export const insertVerification = statement({
  id: "emailVerification.insert",
  params: {
    linkHash: bytes,
    userId: uuid,
    purpose: text,
    email: text,
    canonical: text,
    sealedCode: nullable(text),
    codeExpiresAt: nullable(timestamp),
    attempts: integer,
    sent: integer,
    challengeHash: nullable(bytes),
    challengeExpiresAt: nullable(timestamp),
    method: nullable(text),
    passed: json,
    sessionId: nullable(uuid),
    createdAt: timestamp,
    expiresAt: timestamp,
  },
  sql: (p) => insertInto(v, p),
});

const columns = {
  linkHash: v.linkHash,
  userId: v.userId,
  purpose: v.purpose,
  email: v.email,
  canonical: v.canonical,
  sealedCode: v.sealedCode,
  codeExpiresAt: v.codeExpiresAt,
  attempts: v.attempts,
  sent: v.sent,
  challengeHash: v.challengeHash,
  challengeExpiresAt: v.challengeExpiresAt,
  method: v.method,
  passed: v.passed,
  sessionId: v.sessionId,
  createdAt: v.createdAt,
};

export const findByLink = statement({
  id: "emailVerification.find_by_link",
  params: { linkHash: bytes, now: timestamp },
  row: columns,
  sql: (p, row) =>
    sql`select ${row} from ${v} where ${v.linkHash} = ${p.linkHash} and ${v.spentAt} is null and ${v.expiresAt} > ${p.now}`,
});

/** What a sign-in waits for. */
export const findByChallenge = statement({
  id: "emailVerification.find_by_challenge",
  params: { challengeHash: bytes, now: timestamp },
  row: columns,
  sql: (p, row) =>
    sql`select ${row} from ${v} where ${v.challengeHash} = ${p.challengeHash} and ${v.spentAt} is null
      and ${v.challengeExpiresAt} > ${p.now}`,
});

/** What a user who is signed in can give a code for. */
export const findByUser = statement({
  id: "emailVerification.find_by_user",
  params: { userId: uuid, now: timestamp },
  row: columns,
  sql: (p, row) =>
    sql`select ${row} from ${v} where ${v.userId} = ${p.userId} and ${v.purpose} in ('verify', 'change')
      and ${v.challengeHash} is null and ${v.spentAt} is null and ${v.expiresAt} > ${p.now}
      order by ${v.createdAt} desc limit 1`,
});

/** Counts a code before it is looked at: no more than the limit get a row, however many come at once. */
export const countAttempt = statement({
  id: "emailVerification.count_attempt",
  params: { linkHash: bytes, limit: integer },
  row: { attempts: v.attempts },
  sql: (p, row) =>
    sql`update ${v} set "attempts" = ${v.attempts} + 1 where ${v.linkHash} = ${p.linkHash}
      and ${v.spentAt} is null and ${v.attempts} < ${p.limit} returning ${row}`,
});

/** Spends a row: of any number of callers one gets it. */
export const takeVerification = statement({
  id: "emailVerification.take",
  params: { linkHash: bytes, now: timestamp },
  row: { attempts: v.attempts },
  sql: (p, row) =>
    sql`update ${v} set "spent_at" = ${p.now} where ${v.linkHash} = ${p.linkHash}
      and ${v.spentAt} is null and ${v.expiresAt} > ${p.now} returning ${row}`,
});

/** What is still to be confirmed for a user ends (TK-03). What takes back a change stays. */
export const voidPending = statement({
  id: "emailVerification.void_pending",
  params: { userId: uuid, now: timestamp },
  sql: (p) =>
    sql`update ${v} set "spent_at" = ${p.now} where ${v.userId} = ${p.userId}
      and ${v.purpose} in ('verify', 'change') and ${v.spentAt} is null`,
});

export const voidTaken = statement({
  id: "emailVerification.void_taken",
  params: { userId: uuid, now: timestamp },
  sql: (p) =>
    sql`update ${v} set "spent_at" = ${p.now} where ${v.userId} = ${p.userId}
      and ${v.purpose} = 'taken' and ${v.spentAt} is null`,
});

/** Changes after the one that is taken back cannot be taken back to: whoever made them may be a stranger. */
export const voidLaterUndo = statement({
  id: "emailVerification.void_later_undo",
  params: { userId: uuid, createdAt: timestamp, now: timestamp },
  sql: (p) =>
    sql`update ${v} set "spent_at" = ${p.now} where ${v.userId} = ${p.userId} and ${v.purpose} = 'undo'
      and ${v.createdAt} >= ${p.createdAt} and ${v.spentAt} is null`,
});

export const deleteVerifications = statement({
  id: "emailVerification.delete",
  params: { userId: uuid },
  sql: (p) => sql`delete from ${v} where ${v.userId} = ${p.userId}`,
});

const old = aliased(verifications, "old");

/** Rows are kept for as long as mails are counted by them. */
export const removeExpired = statement({
  id: "emailVerification.remove_expired",
  params: { now: timestamp, countedSince: timestamp, limit: integer },
  sql: (p) =>
    sql`delete from ${v} where ${v.linkHash} in (
      select ${old.linkHash} from ${old} where ${old.expiresAt} <= ${p.now} and ${old.createdAt} <= ${p.countedSince}
      order by ${old.expiresAt} limit ${p.limit})`,
});
