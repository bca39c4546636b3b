import {
  aliased,
  boolean,
  byDialect,
  guard,
  insertInto,
  nullable,
  sessionsTable,
  sql,
  statement,
  text,
  timestamp,
  usersTable,
  uuid,
} from "../../module.ts";
import { oauthIdentities } from "./oauth-tables.ts";

const i = aliased(oauthIdentities, "i");

/** Returns nothing if somebody has the identity already. */
export const insertIdentity = statement({
  id: "oauth.insert_identity",
  params: {
    id: uuid,
    userId: uuid,
    provider: text,
    subject: text,
    email: nullable(text),
    emailVerified: boolean,
    sealedTokens: nullable(text),
    createdAt: timestamp,
  },
  row: { id: oauthIdentities.id },
  sql: (p, row) => sql`${insertInto(oauthIdentities, p)} on conflict do nothing returning ${row}`,
});

export const findIdentity = statement({
  id: "oauth.find_identity",
  params: { provider: text, subject: text },
  row: { id: oauthIdentities.id, userId: oauthIdentities.userId },
  sql: (p, row) =>
    sql`select ${row} from ${oauthIdentities}
      where ${oauthIdentities.provider} = ${p.provider} and ${oauthIdentities.subject} = ${p.subject}`,
});

/** Whether a link is still there, held until the transaction ends. */
export const holdIdentity = statement({
  id: "oauth.hold_identity",
  params: { id: uuid, provider: text, subject: text },
  row: { id: i.id },
  sql: (p, row) =>
    sql`select ${row} from ${i} where ${i.id} = ${p.id} and ${i.provider} = ${p.provider}
      and ${i.subject} = ${p.subject}${guard}${byDialect({ postgres: sql` for share of i`, sqlite: sql`` })}`,
});

export const listIdentities = statement({
  id: "oauth.list_identities",
  params: { userId: uuid },
  row: {
    id: oauthIdentities.id,
    provider: oauthIdentities.provider,
    email: oauthIdentities.email,
    sealedTokens: oauthIdentities.sealedTokens,
    createdAt: oauthIdentities.createdAt,
  },
  sql: (p, row) =>
    sql`select ${row} from ${oauthIdentities} where ${oauthIdentities.userId} = ${p.userId} order by ${oauthIdentities.id}`,
});

export const setTokens = statement({
  id: "oauth.set_tokens",
  params: { id: uuid, sealedTokens: nullable(text) },
  sql: (p) =>
    sql`update ${oauthIdentities} set "sealed_tokens" = ${p.sealedTokens} where ${oauthIdentities.id} = ${p.id}${guard}`,
});

export const deleteIdentity = statement({
  id: "oauth.delete_identity",
  params: { id: uuid },
  sql: (p) => sql`delete from ${oauthIdentities} where ${oauthIdentities.id} = ${p.id}`,
});

export const deleteIdentitiesOfUser = statement({
  id: "oauth.delete_identities",
  params: { userId: uuid },
  row: { provider: oauthIdentities.provider },
  sql: (p, row) =>
    sql`delete from ${oauthIdentities} where ${oauthIdentities.userId} = ${p.userId} returning ${row}`,
});

/** Those whose provider did not prove the address, of a user whose address nobody else proved either. */
export const deleteUnprovenIdentities = statement({
  id: "oauth.delete_unproven_identities",
  params: { userId: uuid },
  row: { provider: oauthIdentities.provider },
  sql: (p, row) =>
    sql`delete from ${oauthIdentities} where ${oauthIdentities.userId} = ${p.userId} and not ${oauthIdentities.emailVerified}
      and exists (select 1 from ${usersTable} where ${usersTable.id} = ${p.userId} and ${usersTable.emailVerifiedAt} is null)
      returning ${row}`,
});

/** Whether a session is still there, for whoever holds its user. */
export const findSessionRow = statement({
  id: "oauth.find_session",
  params: { id: uuid, userId: uuid },
  row: { id: sessionsTable.id },
  sql: (p, row) =>
    sql`select ${row} from ${sessionsTable} where ${sessionsTable.id} = ${p.id} and ${sessionsTable.userId} = ${p.userId}`,
});
