import {
  aliased,
  boolean,
  byDialect,
  insertInto,
  integer,
  nullable,
  sql,
  statement,
  text,
  timestamp,
  usersTable,
  uuid,
} from "wispy-auth/module";
import { consentRecords } from "./consent-tables.ts";

const r = aliased(consentRecords, "r");
const later = aliased(consentRecords, "later");

/** On SQLite whoever writes has the whole file. */
const forUpdate = byDialect({ postgres: sql` for no key update`, sqlite: sql`` });
const skipLocked = byDialect({ postgres: sql` for update skip locked`, sqlite: sql`` });

/** Holds a user, so that two calls at once put nothing on record twice, and none puts anything after the user has gone. */
export const holdUser = statement({
  id: "consents.hold_user",
  params: { id: uuid },
  row: { id: usersTable.id },
  sql: (p, row) => sql`select ${row} from ${usersTable} where ${usersTable.id} = ${p.id}${forUpdate}`,
});

export const insertRecord = statement({
  id: "consents.insert_record",
  params: {
    id: uuid,
    userId: nullable(uuid),
    document: text,
    number: integer,
    version: text,
    accepted: boolean,
    occurredAt: timestamp,
    ipAddress: nullable(text),
  },
  sql: (p) => insertInto(consentRecords, p),
});

/** The last word on each document. */
export const listLastRecords = statement({
  id: "consents.list_last_records",
  params: { userId: uuid },
  row: {
    document: r.document,
    number: r.number,
    version: r.version,
    accepted: r.accepted,
    occurredAt: r.occurredAt,
  },
  sql: (p, row) =>
    sql`select ${row} from ${r} where ${r.userId} = ${p.userId} and not exists (
      select 1 from ${later} where ${later.userId} = ${r.userId} and ${later.document} = ${r.document}
        and ${later.number} > ${r.number})`,
});

export const listRecords = statement({
  id: "consents.list_records",
  params: { userId: uuid, limit: integer },
  row: {
    id: consentRecords.id,
    document: consentRecords.document,
    version: consentRecords.version,
    accepted: consentRecords.accepted,
    occurredAt: consentRecords.occurredAt,
  },
  sql: (p, row) =>
    sql`select ${row} from ${consentRecords} where ${consentRecords.userId} = ${p.userId}
      order by ${consentRecords.occurredAt} desc, ${consentRecords.number} desc limit ${p.limit}`,
});

export const forgetUser = statement({
  id: "consents.forget_user",
  params: { userId: uuid, now: timestamp },
  sql: (p) =>
    sql`update ${consentRecords} set "user_id" = null, "ip_address" = null, "forgotten_at" = ${p.now}
      where ${consentRecords.userId} = ${p.userId}`,
});

export const deleteForgotten = statement({
  id: "consents.delete_forgotten",
  params: { before: timestamp, limit: integer },
  sql: (p) =>
    sql`delete from ${consentRecords} where ${consentRecords.id} in (
      select ${r.id} from ${r} where ${r.forgottenAt} <= ${p.before}
      order by ${r.forgottenAt} limit ${p.limit}${skipLocked})`,
});
