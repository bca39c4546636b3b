import {
  aliased,
  byDialect,
  bytes,
  expression,
  insertInto,
  integer,
  nullable,
  sql,
  statement,
  text,
  timestamp,
  uuid,
  boolean,
} from "../../module.ts";
import { mailTable } from "./mail-table.ts";

const m = aliased(mailTable, "m");

/** Of several deliverers each takes mails of its own. */
const skipLocked = byDialect({ postgres: sql` for update skip locked`, sqlite: sql`` });

export const insertMail = statement({
  id: "mail.insert",
  params: {
    id: uuid,
    keyHash: bytes,
    template: text,
    sealed: nullable(text),
    state: text,
    attempts: integer,
    dueAt: timestamp,
    expiresAt: nullable(timestamp),
    createdAt: timestamp,
  },
  sql: (p) => sql`${insertInto(mailTable, p)} on conflict do nothing`,
});

/**
 * Takes mails that are due, and counts the attempt before it is made: one that ends the process counts too. Nobody else
 * takes them until `leaseEnd`. Materialized, so that PostgreSQL picks and locks no more than `limit` rows.
 */
export const claimMails = statement({
  id: "mail.claim",
  params: { now: timestamp, leaseEnd: timestamp, claim: uuid, limit: integer },
  row: {
    id: mailTable.id,
    template: mailTable.template,
    sealed: mailTable.sealed,
    attempts: mailTable.attempts,
    expiresAt: mailTable.expiresAt,
  },
  sql: (p, row) =>
    sql`with due as materialized (
        select ${m.id} from ${m} where ${m.state} = 'pending' and ${m.dueAt} <= ${p.now}
        order by ${m.dueAt} limit ${p.limit}${skipLocked})
      update ${mailTable} set "claim" = ${p.claim}, "due_at" = ${p.leaseEnd}, "attempts" = "attempts" + 1
      where ${mailTable.id} in (select "id" from due) returning ${row}`,
});

/**
 * Writes what became of a delivery. One that went out is delivered whoever holds the mail by now; any other outcome is
 * for the holder of the claim alone.
 */
export const settleMail = statement({
  id: "mail.settle",
  params: {
    id: uuid,
    claim: uuid,
    state: text,
    keep: boolean,
    reason: nullable(text),
    dueAt: timestamp,
    finishedAt: nullable(timestamp),
  },
  row: { id: mailTable.id },
  sql: (p, row) =>
    sql`update ${mailTable} set "state" = ${p.state}, "sealed" = case when ${p.keep} then "sealed" end, "claim" = null,
        "reason" = ${p.reason}, "due_at" = ${p.dueAt}, "finished_at" = ${p.finishedAt}
      where ${mailTable.id} = ${p.id} and ${mailTable.state} = 'pending'
        and (${mailTable.claim} = ${p.claim} or ${p.state} = 'delivered') returning ${row}`,
});

/** Latest first. */
export const listDeadMails = statement({
  id: "mail.list_dead",
  params: { before: uuid, limit: integer },
  row: {
    id: m.id,
    template: m.template,
    sealed: m.sealed,
    attempts: m.attempts,
    reason: m.reason,
    createdAt: m.createdAt,
    finishedAt: m.finishedAt,
  },
  sql: (p, row) =>
    sql`select ${row} from ${m} where ${m.state} = 'dead' and ${m.id} < ${p.before} order by ${m.id} desc limit ${p.limit}`,
});

/** Gives a dead mail all its attempts again. */
export const reviveMail = statement({
  id: "mail.revive",
  params: { id: uuid, now: timestamp },
  row: { id: mailTable.id },
  sql: (p, row) =>
    sql`update ${mailTable} set "state" = 'pending', "attempts" = 0, "reason" = null, "finished_at" = null, "due_at" = ${p.now}
      where ${mailTable.id} = ${p.id} and ${mailTable.state} = 'dead' returning ${row}`,
});

/** By the partial indexes: what was delivered is not counted. */
export const countMails = statement({
  id: "mail.count",
  params: {},
  row: {
    pending: expression(integer, sql`(select count(*) from ${m} where ${m.state} = 'pending')`),
    dead: expression(integer, sql`(select count(*) from ${m} where ${m.state} = 'dead')`),
    oldestQueuedAt: expression(
      nullable(timestamp),
      sql`(select min(${m.createdAt}) from ${m} where ${m.state} = 'pending')`,
    ),
  },
  sql: (_, row) => sql`select ${row}`,
});

export const deleteFinishedMails = statement({
  id: "mail.delete_finished",
  params: { dead: boolean, before: timestamp, limit: integer },
  sql: (p) =>
    sql`delete from ${mailTable} where ${mailTable.id} in (
      select ${m.id} from ${m} where ${m.finishedAt} is not null and ${m.finishedAt} <= ${p.before}
        and (${m.state} = 'dead') = ${p.dead} order by ${m.finishedAt} limit ${p.limit}${skipLocked})`,
});
