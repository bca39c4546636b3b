import { aliased, byDialect, integer, sql, statement, timestamp, uuid } from "../../module.ts";
import { referralCodes, referrals } from "./referral-tables.ts";

const r = aliased(referrals, "r");
const c = aliased(referralCodes, "c");

const holdReferral = byDialect({ postgres: sql` for update of r`, sqlite: sql`` });

const lockedColumns = {
  id: r.id,
  program: r.program,
  referrerId: r.referrerId,
  refereeId: r.refereeId,
  state: r.state,
  createdAt: r.createdAt,
  qualifiedAt: r.qualifiedAt,
};

/** How a user came, held until the transaction ends. */
export const lockReferralOfReferee = statement({
  id: "referrals.lock_referral_of_referee",
  params: { refereeId: uuid },
  row: lockedColumns,
  sql: (p, row) => sql`select ${row} from ${r} where ${r.refereeId} = ${p.refereeId}${holdReferral}`,
});

export const lockReferral = statement({
  id: "referrals.lock_referral",
  params: { id: uuid },
  row: lockedColumns,
  sql: (p, row) => sql`select ${row} from ${r} where ${r.id} = ${p.id}${holdReferral}`,
});

export const qualifyReferral = statement({
  id: "referrals.qualify",
  params: { id: uuid, qualifiedAt: timestamp },
  sql: (p) =>
    sql`update ${referrals} set "state" = 'qualified', "qualified_at" = ${p.qualifiedAt} where ${referrals.id} = ${p.id}`,
});

export const rejectReferral = statement({
  id: "referrals.reject",
  params: { id: uuid },
  sql: (p) => sql`update ${referrals} set "state" = 'rejected' where ${referrals.id} = ${p.id}`,
});

export const listReferralsOfUser = statement({
  id: "referrals.list_referrals",
  hot: true,
  params: { userId: uuid, before: uuid, limit: integer },
  row: {
    id: r.id,
    program: r.program,
    code: c.code,
    state: r.state,
    createdAt: r.createdAt,
    qualifiedAt: r.qualifiedAt,
  },
  sql: (p, row) =>
    sql`select ${row} from ${r} join ${c} on ${c.id} = ${r.codeId}
      where ${r.referrerId} = ${p.userId} and ${r.id} < ${p.before} order by ${r.id} desc limit ${p.limit}`,
});

export const forgetReferrer = statement({
  id: "referrals.forget_referrer",
  params: { userId: uuid },
  sql: (p) => sql`update ${referrals} set "referrer_id" = null where ${referrals.referrerId} = ${p.userId}`,
});

export const forgetReferee = statement({
  id: "referrals.forget_referee",
  params: { userId: uuid },
  sql: (p) => sql`update ${referrals} set "referee_id" = null where ${referrals.refereeId} = ${p.userId}`,
});
