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

/** A code as a sign-up meets it: its owner, and what may look odd about the two. Every lookup is by an index. */
export const findInvitation = statement({
  id: "referrals.find_invitation",
  hot: true,
  params: {
    codeKey: text,
    ipAddress: nullable(text),
    seenAfter: timestamp,
    deviceTokenHash: nullable(bytes),
  },
  row: {
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
    sameAddress: expression(boolean, sql`"same"."address"`),
    sameDevice: expression(boolean, sql`"same"."device"`),
  },
  sql: (p, row) =>
    sql`select ${row} from ${c} join ${u} on ${u.id} = ${c.ownerId}
      cross join (select
        exists (select 1 from ${s} join ${aliased(referralCodes, "k1")} on "k1"."owner_id" = ${s.userId}
          where "k1"."code_key" = ${p.codeKey} and ${s.ipAddress} = ${p.ipAddress} and ${s.lastSeenAt} >= ${p.seenAfter}) as "address",
        exists (select 1 from ${d} join ${aliased(referralCodes, "k2")} on "k2"."owner_id" = ${d.userId}
          where "k2"."code_key" = ${p.codeKey} and ${d.tokenHash} = ${p.deviceTokenHash}) as "device"
      ) as "same"
      where ${c.codeKey} = ${p.codeKey}`,
});

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
      where ${referralCodes.id} = ${p.id} and ${referralCodes.ownerId} = ${p.ownerId} and ${referralCodes.pausedAt} is null
        and ${referralCodes.deactivatedAt} is null and (${referralCodes.expiresAt} is null or ${referralCodes.expiresAt} > ${p.now})
        and (${referralCodes.maxUses} is null or ${referralCodes.uses} < ${referralCodes.maxUses})${guard}
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
