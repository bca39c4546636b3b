import {
  aliased,
  bytes,
  devicesTable,
  expression,
  insertInto,
  integer,
  json,
  sql,
  statement,
  text,
  timestamp,
  uuid,
} from "../../module.ts";
import { challenges, codeAttempts, factors, recoveryCodes, trustedDevices } from "./two-factor-tables.ts";

const f = aliased(factors, "f");
const a = aliased(codeAttempts, "a");
const d = aliased(devicesTable, "d");

/** A user's confirmed factors, one row each; none at all for a user without a second step. */
export const listFactors = statement({
  id: "twoFactor.list_factors",
  params: { userId: uuid },
  row: { kind: f.kind, confirmedAt: f.confirmedAt, createdAt: f.createdAt },
  sql: (p, row) =>
    sql`select ${row} from ${f} where ${f.userId} = ${p.userId} and ${f.confirmedAt} is not null order by ${f.kind}`,
});

export const findTrust = statement({
  id: "twoFactor.find_trust",
  params: { deviceId: uuid, userId: uuid, now: timestamp },
  row: { deviceId: trustedDevices.deviceId },
  sql: (p, row) =>
    sql`select ${row} from ${trustedDevices} where ${trustedDevices.deviceId} = ${p.deviceId}
      and ${trustedDevices.userId} = ${p.userId} and ${trustedDevices.trustedUntil} > ${p.now}`,
});

export const findTotp = statement({
  id: "twoFactor.find_totp",
  params: { userId: uuid },
  row: { sealedSecret: factors.sealedSecret, confirmedAt: factors.confirmedAt },
  sql: (p, row) =>
    sql`select ${row} from ${factors} where ${factors.userId} = ${p.userId} and ${factors.kind} = 'totp'`,
});

/** A new secret, of no effect until it is confirmed; in place of one that was not, never of one that was. */
export const offerTotp = statement({
  id: "twoFactor.offer_totp",
  params: { userId: uuid, kind: text, sealedSecret: text, createdAt: timestamp },
  row: { userId: factors.userId },
  sql: (p, row) =>
    sql`insert into ${f} ("user_id", "kind", "sealed_secret", "created_at")
      values (${p.userId}, ${p.kind}, ${p.sealedSecret}, ${p.createdAt})
      on conflict ("user_id", "kind") do update
      set "sealed_secret" = excluded."sealed_secret", "last_step" = null, "created_at" = excluded."created_at"
      where ${f.confirmedAt} is null returning ${row}`,
});

/** Only the secret whose code was shown, and only once. */
export const confirmTotp = statement({
  id: "twoFactor.confirm_totp",
  params: { userId: uuid, sealedSecret: text, step: integer, now: timestamp },
  row: { userId: factors.userId },
  sql: (p, row) =>
    sql`update ${factors} set "confirmed_at" = ${p.now}, "last_step" = ${p.step}
      where ${factors.userId} = ${p.userId} and ${factors.kind} = 'totp'
        and ${factors.sealedSecret} = ${p.sealedSecret} and ${factors.confirmedAt} is null returning ${row}`,
});

/** Accepts a time step once: of any number of callers with one code, one gets a row (RFC 6238 section 5.2). */
export const useStep = statement({
  id: "twoFactor.use_step",
  params: { userId: uuid, step: integer },
  row: { userId: factors.userId },
  sql: (p, row) =>
    sql`update ${factors} set "last_step" = ${p.step}
      where ${factors.userId} = ${p.userId} and ${factors.kind} = 'totp' and ${factors.confirmedAt} is not null
        and (${factors.lastStep} is null or ${factors.lastStep} < ${p.step}) returning ${row}`,
});

export const insertEmailFactor = statement({
  id: "twoFactor.insert_email",
  params: { userId: uuid, kind: text, confirmedAt: timestamp, createdAt: timestamp },
  row: { userId: factors.userId },
  sql: (p, row) => sql`${insertInto(factors, p)} on conflict do nothing returning ${row}`,
});

export const deleteFactor = statement({
  id: "twoFactor.delete_factor",
  params: { userId: uuid, kind: text },
  row: { kind: factors.kind },
  sql: (p, row) =>
    sql`delete from ${factors} where ${factors.userId} = ${p.userId} and ${factors.kind} = ${p.kind} returning ${row}`,
});

export const insertRecoveryCode = statement({
  id: "twoFactor.insert_recovery_code",
  params: { codeHash: bytes, userId: uuid, createdAt: timestamp },
  sql: (p) => insertInto(recoveryCodes, p),
});

/** Of any number of callers with one code, one gets a row. */
export const useRecoveryCode = statement({
  id: "twoFactor.use_recovery_code",
  params: { codeHash: bytes, userId: uuid },
  row: { userId: recoveryCodes.userId },
  sql: (p, row) =>
    sql`delete from ${recoveryCodes} where ${recoveryCodes.codeHash} = ${p.codeHash}
      and ${recoveryCodes.userId} = ${p.userId} returning ${row}`,
});

export const countRecoveryCodes = statement({
  id: "twoFactor.count_recovery_codes",
  params: { userId: uuid },
  row: { left: expression(integer, sql`count(*)`) },
  sql: (p, row) => sql`select ${row} from ${recoveryCodes} where ${recoveryCodes.userId} = ${p.userId}`,
});

export const insertChallenge = statement({
  id: "twoFactor.insert_challenge",
  params: {
    tokenHash: bytes,
    userId: uuid,
    method: text,
    passed: json,
    failures: integer,
    emailCodesSent: integer,
    createdAt: timestamp,
    expiresAt: timestamp,
  },
  row: { userId: challenges.userId },
  sql: (p, row) => sql`${insertInto(challenges, p)} on conflict do nothing returning ${row}`,
});

const challengeColumns = {
  userId: challenges.userId,
  method: challenges.method,
  passed: challenges.passed,
  failures: challenges.failures,
  sealedEmailCode: challenges.sealedEmailCode,
  emailCodeExpiresAt: challenges.emailCodeExpiresAt,
};

export const findChallenge = statement({
  id: "twoFactor.find_challenge",
  params: { tokenHash: bytes, now: timestamp },
  row: challengeColumns,
  sql: (p, row) =>
    sql`select ${row} from ${challenges} where ${challenges.tokenHash} = ${p.tokenHash} and ${challenges.expiresAt} > ${p.now}`,
});

/** Counts an answer before it is looked at: no more than the limit get a row, however many come at once. */
export const countAnswer = statement({
  id: "twoFactor.count_answer",
  params: { tokenHash: bytes, now: timestamp, limit: integer },
  row: { failures: challenges.failures },
  sql: (p, row) =>
    sql`update ${challenges} set "failures" = ${challenges.failures} + 1
      where ${challenges.tokenHash} = ${p.tokenHash} and ${challenges.expiresAt} > ${p.now}
        and ${challenges.failures} < ${p.limit} returning ${row}`,
});

/** A code takes the place of the one before. */
export const putEmailCode = statement({
  id: "twoFactor.put_email_code",
  params: {
    tokenHash: bytes,
    now: timestamp,
    limit: integer,
    sealedEmailCode: text,
    emailCodeExpiresAt: timestamp,
  },
  row: { userId: challenges.userId, emailCodesSent: challenges.emailCodesSent },
  sql: (p, row) =>
    sql`update ${challenges} set "sealed_email_code" = ${p.sealedEmailCode},
        "email_code_expires_at" = ${p.emailCodeExpiresAt}, "email_codes_sent" = ${challenges.emailCodesSent} + 1
      where ${challenges.tokenHash} = ${p.tokenHash} and ${challenges.expiresAt} > ${p.now}
        and ${challenges.emailCodesSent} < ${p.limit} returning ${row}`,
});

/** Ends a challenge; of any number of callers one gets a row. */
export const takeChallenge = statement({
  id: "twoFactor.take_challenge",
  params: { tokenHash: bytes, now: timestamp },
  row: { userId: challenges.userId },
  sql: (p, row) =>
    sql`delete from ${challenges} where ${challenges.tokenHash} = ${p.tokenHash} and ${challenges.expiresAt} > ${p.now} returning ${row}`,
});

/**
 * Counts a code against the user before it is looked at; no row while the user's codes rest. Every so many failures
 * without a success between they rest for a while, and in the end for good.
 */
export const reserveCode = statement({
  id: "twoFactor.reserve_code",
  params: {
    userId: uuid,
    now: timestamp,
    restUntil: timestamp,
    failuresBeforeRest: integer,
    maxFailures: integer,
  },
  row: { failures: codeAttempts.failures },
  sql: (p, row) =>
    sql`insert into ${a} ("user_id", "failures", "last_failed_at", "locked_until")
      select ${p.userId}, 1, ${p.now}, null where true
      on conflict ("user_id") do update set
        "failures" = ${a.failures} + 1,
        "last_failed_at" = ${p.now},
        "locked_until" = case when (${a.failures} + 1) % ${p.failuresBeforeRest} = 0 then ${p.restUntil} end
      where (${a.lockedUntil} is null or ${a.lockedUntil} <= ${p.now})
        and ${a.failures} < ${p.maxFailures}
      returning ${row}`,
});

export const findRest = statement({
  id: "twoFactor.find_rest",
  params: { userId: uuid },
  row: { lockedUntil: codeAttempts.lockedUntil },
  sql: (p, row) => sql`select ${row} from ${codeAttempts} where ${codeAttempts.userId} = ${p.userId}`,
});

export const clearCodeAttempts = statement({
  id: "twoFactor.clear_attempts",
  params: { userId: uuid },
  sql: (p) => sql`delete from ${codeAttempts} where ${codeAttempts.userId} = ${p.userId}`,
});

/** Trusts the device of a session that was just opened, if it is one of the user's. */
export const trustDevice = statement({
  id: "twoFactor.trust_device",
  params: { tokenHash: bytes, userId: uuid, now: timestamp, trustedUntil: timestamp },
  sql: (p) =>
    sql`insert into ${trustedDevices} ("device_id", "user_id", "created_at", "trusted_until")
      select ${d.id}, ${d.userId}, ${p.now}, ${p.trustedUntil} from ${d}
      where ${d.tokenHash} = ${p.tokenHash} and ${d.userId} = ${p.userId}
      on conflict ("device_id") do update set "created_at" = ${p.now}, "trusted_until" = ${p.trustedUntil}`,
});

export const deleteTrustedDevices = statement({
  id: "twoFactor.delete_trusted_devices",
  params: { userId: uuid },
  row: { deviceId: trustedDevices.deviceId },
  sql: (p, row) =>
    sql`delete from ${trustedDevices} where ${trustedDevices.userId} = ${p.userId} returning ${row}`,
});

export const deleteFactors = statement({
  id: "twoFactor.delete_factors",
  params: { userId: uuid },
  row: { kind: factors.kind },
  sql: (p, row) => sql`delete from ${factors} where ${factors.userId} = ${p.userId} returning ${row}`,
});

export const deleteRecoveryCodes = statement({
  id: "twoFactor.delete_recovery_codes",
  params: { userId: uuid },
  row: { codeHash: recoveryCodes.codeHash },
  sql: (p, row) =>
    sql`delete from ${recoveryCodes} where ${recoveryCodes.userId} = ${p.userId} returning ${row}`,
});

export const deleteChallenges = statement({
  id: "twoFactor.delete_challenges",
  params: { userId: uuid },
  row: { userId: challenges.userId },
  sql: (p, row) => sql`delete from ${challenges} where ${challenges.userId} = ${p.userId} returning ${row}`,
});

const old = aliased(challenges, "old");

export const removeExpiredChallenges = statement({
  id: "twoFactor.remove_expired_challenges",
  params: { now: timestamp, limit: integer },
  sql: (p) =>
    sql`delete from ${challenges} where ${challenges.tokenHash} in (
      select ${old.tokenHash} from ${old} where ${old.expiresAt} <= ${p.now} order by ${old.expiresAt} limit ${p.limit})`,
});

const stale = aliased(trustedDevices, "stale");

export const removeEndedTrust = statement({
  id: "twoFactor.remove_ended_trust",
  params: { now: timestamp, limit: integer },
  sql: (p) =>
    sql`delete from ${trustedDevices} where ${trustedDevices.deviceId} in (
      select ${stale.deviceId} from ${stale} where ${stale.trustedUntil} <= ${p.now}
      order by ${stale.trustedUntil} limit ${p.limit})`,
});

/** A proof that is over makes room for the next one; one that is not keeps its count of codes. */
export const deleteProof = statement({
  id: "twoFactor.delete_proof",
  params: { tokenHash: bytes, now: timestamp },
  sql: (p) =>
    sql`delete from ${challenges} where ${challenges.tokenHash} = ${p.tokenHash} and ${challenges.expiresAt} <= ${p.now}`,
});
