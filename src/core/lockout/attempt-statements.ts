import {
  byDialect,
  guard,
  sql,
  type Fragment,
  type Parameter,
  type SqlNode,
} from "../../database/statements/fragment.ts";
import { statement, type Parameters } from "../../database/statements/statement.ts";
import { aliased } from "../../database/statements/table.ts";
import { integer, nullable, text, timestamp, uuid } from "../../database/statements/value-type.ts";
import { devices } from "../devices/devices-table.ts";
import { withoutFlush } from "../without-flush.ts";
import { attempts } from "./attempts-table.ts";

const a = aliased(attempts, "a");
const d = aliased(devices, "d");

/** The rules of a reservation, times computed by the caller's clock. */
export interface ReservationRules {
  readonly now: Date;
  /** Failures whose last was at or before this time count no longer. */
  readonly decayedAt: Date;
  readonly maxFailures: number;
  readonly maxConsecutive: number;
  readonly lockMilliseconds: number;
  readonly maxLockMilliseconds: number;
}

/** The parameters of {@link ReservationRules}. */
export const ruleParams = {
  now: timestamp,
  decayedAt: timestamp,
  maxFailures: integer,
  maxConsecutive: integer,
  lockMilliseconds: integer,
  maxLockMilliseconds: integer,
};

/**
 * Counts an attempt before it is made, in one statement: the row comes back if it may be made, and no row if
 * the bucket is locked. Of any number of callers at once no more get through than the limit allows; who
 * turns out to be right gives the attempt back by `clearAttempts`.
 */
export const reserveAttempt = statement({
  id: "attempt.reserve",
  params: { ...ruleParams, key: text, userId: nullable(uuid) },
  row: { key: attempts.key, lockedUntil: attempts.lockedUntil },
  sql: (p, row) => sql`${countAttempt(p, { key: p.key, userId: p.userId })} returning ${row}`,
});

/** The insert behind every reservation, for statements that know the bucket in other ways than by a parameter. */
export function countAttempt(
  p: Parameters<ReservationRules>,
  { key, userId }: { readonly key: SqlNode; readonly userId: SqlNode },
): Fragment {
  const failures = sql`(case when ${a.lastFailedAt} <= ${p.decayedAt} then 1 else ${a.failures} + 1 end)`;
  // The commit need not wait for the disk: the write of the outcome does, and flushes both. (A condition there must
  // be: without WHERE, SQLite takes ON CONFLICT for a join's.)
  return sql`insert into ${a} ("key", "user_id", "failures", "consecutive", "last_failed_at", "locked_until")
    select ${key}, ${userId}, 1, 1, ${p.now}, ${lockAfter(sql`1`, p)} where ${withoutFlush}
    on conflict ("key") do update set
      "user_id" = excluded."user_id",
      "failures" = ${failures},
      "consecutive" = ${a.consecutive} + 1,
      "last_failed_at" = ${p.now},
      "locked_until" = ${lockAfter(failures, p)}
    where (${a.lockedUntil} is null or ${a.lockedUntil} <= ${p.now}) and ${a.consecutive} < ${p.maxConsecutive}`;
}

/** The end of the lock that the given number of failures brings, NULL below the limit. */
function lockAfter(failures: Fragment, p: Parameters<ReservationRules>): Fragment {
  const lock = byDialect({
    postgres: sql`${p.now} + least(${p.maxLockMilliseconds},
      ${p.lockMilliseconds} << least(${failures} - ${p.maxFailures}, 20)::int4) * interval '1 millisecond'`,
    sqlite: sql`${p.now} + min(${p.maxLockMilliseconds},
      ${p.lockMilliseconds} << min(${failures} - ${p.maxFailures}, 20))`,
  });
  return sql`case when ${failures} >= ${p.maxFailures} then ${lock} end`;
}

export const findAttempt = statement({
  id: "attempt.find",
  params: { key: text },
  row: {
    failures: attempts.failures,
    consecutive: attempts.consecutive,
    lockedUntil: attempts.lockedUntil,
  },
  sql: (p, row) => sql`select ${row} from ${attempts} where ${attempts.key} = ${p.key}`,
});

export const clearAttempt = statement({
  id: "attempt.clear_one",
  params: { key: text },
  sql: (p) => sql`delete from ${attempts} where ${attempts.key} = ${p.key}`,
});

/** Gives back what a right password had reserved, and the failures before it with it. */
export const clearAttempts = statement({
  id: "attempt.clear",
  params: { reservedKey: text, accountKey: text, confirmationKey: text },
  sql: (p) =>
    sql`delete from ${attempts} where ${attempts.key} in (${p.reservedKey}, ${p.accountKey}, ${p.confirmationKey})${guard}`,
});

/** Gives back an attempt that was reserved and never made. */
export const returnAttempt = statement({
  id: "attempt.return",
  params: { key: text, lockedUntil: nullable(timestamp) },
  sql: (p) =>
    sql`update ${attempts} set
      "failures" = case when ${attempts.failures} > 0 then ${attempts.failures} - 1 else 0 end,
      "consecutive" = case when ${attempts.consecutive} > 0 then ${attempts.consecutive} - 1 else 0 end,
      "locked_until" = case when ${attempts.lockedUntil} = ${p.lockedUntil} then null else ${attempts.lockedUntil} end
      where ${attempts.key} = ${p.key}`,
});

/** Everything that counts against a user: by the address, from each known device, and while signed in. */
export const clearAttemptsOfUser = statement({
  id: "attempt.clear_of_user",
  params: { userId: uuid, accountKey: text, confirmationKey: text },
  sql: (p) =>
    sql`delete from ${attempts} where (${keyIs(p.accountKey)} or ${keyIs(p.confirmationKey)} or ${attempts.key} in (
      select 'device:' || ${d.id} from ${d} where ${d.userId} = ${p.userId}
    ))${guard}`,
});

function keyIs(key: Parameter<string>): Fragment {
  return sql`${attempts.key} = ${key}`;
}
