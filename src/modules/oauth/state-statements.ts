import { bytes, insertInto, integer, sql, statement, text, timestamp } from "../../module.ts";
import { oauthStates } from "./oauth-tables.ts";

export const insertState = statement({
  id: "oauth.insert_state",
  params: { stateHash: bytes, browserHash: bytes, provider: text, sealed: text, expiresAt: timestamp },
  sql: (p) => insertInto(oauthStates, p),
});

/** Of any number who come back with one state, one gets the row. */
export const takeState = statement({
  id: "oauth.take_state",
  params: { stateHash: bytes, browserHash: bytes, provider: text, now: timestamp },
  row: { sealed: oauthStates.sealed },
  sql: (p, row) =>
    sql`delete from ${oauthStates} where ${oauthStates.stateHash} = ${p.stateHash}
      and ${oauthStates.browserHash} = ${p.browserHash} and ${oauthStates.provider} = ${p.provider}
      and ${oauthStates.expiresAt} > ${p.now} returning ${row}`,
});

export const deleteExpiredStates = statement({
  id: "oauth.delete_expired_states",
  params: { now: timestamp, limit: integer },
  sql: (p) =>
    sql`delete from ${oauthStates} where ${oauthStates.stateHash} in
      (select ${oauthStates.stateHash} from ${oauthStates} where ${oauthStates.expiresAt} <= ${p.now} limit ${p.limit})`,
});
