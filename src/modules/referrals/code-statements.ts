import {
  aliased,
  boolean,
  byDialect,
  devicesTable,
  expression,
  guard,
  insertInto,
  integer,
  nullable,
  sessionsTable,
  sql,
  statement,
  text,
  timestamp,
  type Fragment,
  type Parameter,
  type SqlNode,
  usersTable,
  uuid,
  bytes,
} from "../../module.ts";
import { referralCodes } from "./referral-tables.ts";

const codeColumns = {
  id: referralCodes.id,
  program: referralCodes.program,
  ownerId: referralCodes.ownerId,
  code: referralCodes.code,
  custom: referralCodes.custom,
  maxUses: referralCodes.maxUses,
  uses: referralCodes.uses,
  pausedAt: referralCodes.pausedAt,
  deactivatedAt: referralCodes.deactivatedAt,
  expiresAt: referralCodes.expiresAt,
  createdAt: referralCodes.createdAt,
};

/** Returns nothing if the code is taken, in whatever spelling. */
export const insertCode = statement({
  id: "referrals.insert_code",
  params: {
    id: uuid,
    program: text,
    ownerId: nullable(uuid),
    code: text,
    codeKey: text,
    custom: boolean,
    maxUses: nullable(integer),
    uses: integer,
    expiresAt: nullable(timestamp),
    createdAt: timestamp,
    updatedAt: timestamp,
  },
  row: codeColumns,
  sql: (p, row) => sql`${insertInto(referralCodes, p)} on conflict do nothing returning ${row}`,
});

export const listCodesOfUser = statement({
  id: "referrals.list_codes",
  params: { ownerId: uuid },
  row: codeColumns,
  sql: (p, row) =>
    sql`select ${row} from ${referralCodes} where ${referralCodes.ownerId} = ${p.ownerId} order by ${referralCodes.id} desc`,
});

export const countCodesOfUser = statement({
  id: "referrals.count_codes",
  params: { ownerId: uuid },
  row: { count: expression(integer, sql`count(*)`) },
  sql: (p, row) =>
    sql`select ${row} from ${referralCodes} where ${referralCodes.ownerId} = ${p.ownerId} and ${referralCodes.deactivatedAt} is null`,
});

const held = aliased(referralCodes, "k");

export const lockCode = statement({
  id: "referrals.lock_code",
  params: { id: uuid, ownerId: uuid },
  row: {
    id: held.id,
    maxUses: held.maxUses,
    uses: held.uses,
    pausedAt: held.pausedAt,
    deactivatedAt: held.deactivatedAt,
    expiresAt: held.expiresAt,
  },
  sql: (p, row) =>
    sql`select ${row} from ${held} where ${held.id} = ${p.id} and ${held.ownerId} = ${p.ownerId}${byDialect({ postgres: sql` for update of k`, sqlite: sql`` })}`,
});

export const updateCode = statement({
  id: "referrals.update_code",
  params: {
    id: uuid,
    maxUses: nullable(integer),
    expiresAt: nullable(timestamp),
    pausedAt: nullable(timestamp),
    deactivatedAt: nullable(timestamp),
    updatedAt: timestamp,
  },
  row: codeColumns,
  sql: (p, row) =>
    sql`update ${referralCodes} set "max_uses" = ${p.maxUses}, "expires_at" = ${p.expiresAt}, "paused_at" = ${p.pausedAt},
      "deactivated_at" = ${p.deactivatedAt}, "updated_at" = ${p.updatedAt}
      where ${referralCodes.id} = ${p.id} returning ${row}`,
});

const c = aliased(referralCodes, "c");
const u = aliased(usersTable, "u");
const s = aliased(sessionsTable, "s");
const d = aliased(devicesTable, "d");

/** Where somebody comes from who signs up; `null` where it is not to be looked at. */
const visitorParams = {
  ipAddress: nullable(text),
  seenAfter: timestamp,
  deviceTokenHash: nullable(bytes),
};

type Visitor = { readonly [K in keyof typeof visitorParams]: SqlNode };

const sameAddress = (ownerId: SqlNode, p: Visitor): Fragment =>
  sql`exists (select 1 from ${s} where ${s.userId} = ${ownerId} and ${s.ipAddress} = ${p.ipAddress}
    and ${s.lastSeenAt} >= ${p.seenAfter})`;

const sameDevice = (ownerId: SqlNode, p: Visitor): Fragment =>
  sql`exists (select 1 from ${d} where ${d.userId} = ${ownerId} and ${d.tokenHash} = ${p.deviceTokenHash})`;

/** A code as a sign-up meets it: its owner, and what may look odd about the two. Every lookup is by an index. */
export const findInvitation = statement({
  id: "referrals.find_invitation",
  hot: true,
  params: { codeKey: text, ...visitorParams },
  row: (p) => ({
    id: c.id,
    program: c.program,
    ownerId: u.id,
    ownerEmail: u.emailCanonical,
    ownerDisabledAt: u.disabledAt,
    maxUses: c.maxUses,
    uses: c.uses,
    pausedAt: c.pausedAt,
    deactivatedAt: c.deactivatedAt,
    expiresAt: c.expiresAt,
    sameAddress: expression(boolean, sameAddress(u.id, p)),
    sameDevice: expression(boolean, sameDevice(u.id, p)),
  }),
  sql: (p, row) =>
    sql`select ${row} from ${c} join ${u} on ${u.id} = ${c.ownerId} where ${c.codeKey} = ${p.codeKey}`,
});

// Without an alias: SQLite knows none behind RETURNING.
const canBeRedeemed = (now: Parameter<Date>): Fragment =>
  sql`${referralCodes.pausedAt} is null and ${referralCodes.deactivatedAt} is null and (${referralCodes.expiresAt} is null or ${referralCodes.expiresAt} > ${now})
    and (${referralCodes.maxUses} is null or ${referralCodes.uses} < ${referralCodes.maxUses})`;

/**
 * Takes one use of a code, if it can still be redeemed: the one statement that decides, whoever else tries at the
 * same time. Holds the code until the sign-up's transaction ends.
 */
export const takeUse = statement({
  id: "referrals.take_use",
  hot: true,
  params: { id: uuid, ownerId: uuid, now: timestamp },
  row: { id: referralCodes.id },
  sql: (p, row) =>
    sql`update ${referralCodes} set "uses" = "uses" + 1, "updated_at" = ${p.now}
      where ${referralCodes.id} = ${p.id} and ${referralCodes.ownerId} = ${p.ownerId} and ${canBeRedeemed(p.now)}${guard}
      returning ${row}`,
});

/** Without the dots that Gmail ignores, and under one of its two names. */
const undotted = sql`replace(replace(${u.emailCanonical}, '.', ''), '@googlemailcom', '@gmailcom')`;

const isPerson = (email: Fragment, p: { readonly person: SqlNode; readonly alias: SqlNode }): Fragment =>
  sql`(${email} = ${p.person} or ${email} like ${p.alias} escape '!')`;

/**
 * The same for a code that nobody has looked at yet, of one program: unless its owner is gone or disabled, or the one who
 * signs up. What may look odd about the two comes with it.
 */
export const takeUseOfKey = statement({
  id: "referrals.take_use_of_key",
  hot: true,
  params: {
    codeKey: text,
    program: text,
    now: timestamp,
    isGmail: boolean,
    person: text,
    alias: text,
    ...visitorParams,
  },
  row: (p) => ({
    id: referralCodes.id,
    ownerId: expression(uuid, sql`${referralCodes.ownerId}`),
    owner: expression(text, sql`${referralCodes.ownerId}`),
    sameAddress: expression(boolean, sameAddress(referralCodes.ownerId, p)),
    sameDevice: expression(boolean, sameDevice(referralCodes.ownerId, p)),
  }),
  sql: (p, row) =>
    sql`update ${referralCodes} set "uses" = "uses" + 1, "updated_at" = ${p.now}
      where ${referralCodes.codeKey} = ${p.codeKey} and ${referralCodes.program} = ${p.program} and ${canBeRedeemed(p.now)}
        and exists (select 1 from ${u} where ${u.id} = ${referralCodes.ownerId} and ${u.disabledAt} is null and not (case when ${p.isGmail}
          then (${u.emailCanonical} like '%@gmail.com' or ${u.emailCanonical} like '%@googlemail.com') and ${isPerson(undotted, p)}
          else ${isPerson(sql`${u.emailCanonical}`, p)} end))${guard}
      returning ${row}`,
});

export const findCode = statement({
  id: "referrals.find_code",
  params: { id: uuid },
  row: codeColumns,
  sql: (p, row) => sql`select ${row} from ${referralCodes} where ${referralCodes.id} = ${p.id}`,
});

/** The codes of a user who goes: nobody can be brought in by them any more. */
export const retireCodes = statement({
  id: "referrals.retire_codes",
  params: { ownerId: uuid, now: timestamp },
  sql: (p) =>
    sql`update ${referralCodes} set "owner_id" = null, "deactivated_at" = coalesce("deactivated_at", ${p.now}), "updated_at" = ${p.now}
      where ${referralCodes.ownerId} = ${p.ownerId}`,
});

/**
 * Holds a user until the transaction ends: two who make codes for one user take turns, and nobody removes the user
 * meanwhile. Not in the way of rows that refer to the user.
 */
export const holdUser = statement({
  id: "referrals.hold_user",
  params: { id: uuid },
  row: { id: u.id },
  sql: (p, row) =>
    sql`select ${row} from ${u} where ${u.id} = ${p.id}${byDialect({ postgres: sql` for no key update`, sqlite: sql`` })}`,
});
