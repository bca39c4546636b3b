import {
  aliased,
  boolean,
  byDialect,
  expression,
  guard,
  insertInto,
  integer,
  json,
  nullable,
  sql,
  statement,
  text,
  timestamp,
  uuid,
  type JsonValue,
  type Parameter,
  type SqlNode,
} from "../../../module.ts";
import { referralCodes, referrals } from "../referral-tables.ts";

const c = aliased(referralCodes, "c");
const r = aliased(referrals, "r");

/** Returns nothing if the code is taken, in whatever spelling. */
export const insertAdoptedCode = statement({
  id: "referrals.insert_adopted_code",
  params: {
    id: uuid,
    program: text,
    ownerId: nullable(uuid),
    code: text,
    codeKey: text,
    custom: boolean,
    maxUses: nullable(integer),
    uses: integer,
    deactivatedAt: nullable(timestamp),
    expiresAt: nullable(timestamp),
    createdAt: timestamp,
    updatedAt: timestamp,
  },
  row: { id: referralCodes.id },
  sql: (p, row) => sql`${insertInto(referralCodes, p)} on conflict do nothing returning ${row}`,
});

/** Returns nothing if the referee came by a referral already. */
export const insertAdoptedReferral = statement({
  id: "referrals.insert_adopted_referral",
  params: {
    id: uuid,
    program: text,
    codeId: uuid,
    referrerId: nullable(uuid),
    refereeId: nullable(uuid),
    state: text,
    signals: json,
    createdAt: timestamp,
    qualifiedAt: nullable(timestamp),
  },
  row: { id: referrals.id },
  sql: (p, row) => sql`${insertInto(referrals, p)} on conflict do nothing returning ${row}`,
});

/** One more use that was made before, and a limit that leaves as many as there were. */
export const addPastUse = statement({
  id: "referrals.add_past_use",
  params: { id: uuid },
  sql: (p) =>
    sql`update ${referralCodes} set "uses" = "uses" + 1, "max_uses" = "max_uses" + 1
      where ${referralCodes.id} = ${p.id}${guard}`,
});

const unpacked = (list: Parameter<JsonValue>): SqlNode =>
  byDialect({
    postgres: sql`select jsonb_array_elements_text(${list})`,
    sqlite: sql`select value from json_each(${list})`,
  });

export const findTakenCodes = statement({
  id: "referrals.find_taken_codes",
  params: { identities: json },
  row: { identity: expression(text, sql`${c.codeKey}`) },
  sql: (p, row) => sql`select ${row} from ${c} where ${c.codeKey} in (${unpacked(p.identities)})`,
});

export const findTakenReferees = statement({
  id: "referrals.find_taken_referees",
  params: { identities: json },
  row: { identity: expression(text, sql`cast(${r.refereeId} as text)`) },
  sql: (p, row) =>
    sql`select ${row} from ${r} where ${r.refereeId} in (${byDialect({
      postgres: sql`select jsonb_array_elements_text(${p.identities})::uuid`,
      sqlite: sql`select value from json_each(${p.identities})`,
    })})`,
});
