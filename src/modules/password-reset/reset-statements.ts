import { aliased, bytes, integer, sql, statement, text, timestamp, uuid } from "../../module.ts";
import { passwordResets } from "./reset-table.ts";

const r = aliased(passwordResets, "r");

/** A newer link takes the place of the one before (TK-03). */
export const putReset = statement({
  id: "passwordReset.put",
  params: { userId: uuid, tokenHash: bytes, email: text, createdAt: timestamp, expiresAt: timestamp },
  row: { userId: passwordResets.userId },
  sql: (p, row) =>
    sql`insert into ${r} ("user_id", "token_hash", "email", "created_at", "expires_at")
      values (${p.userId}, ${p.tokenHash}, ${p.email}, ${p.createdAt}, ${p.expiresAt})
      on conflict ("user_id") do update set "token_hash" = excluded."token_hash", "email" = excluded."email",
        "created_at" = excluded."created_at", "expires_at" = excluded."expires_at"
      returning ${row}`,
});

export const findReset = statement({
  id: "passwordReset.find",
  params: { tokenHash: bytes, now: timestamp },
  row: { userId: r.userId, email: r.email },
  sql: (p, row) =>
    sql`select ${row} from ${r} where ${r.tokenHash} = ${p.tokenHash} and ${r.expiresAt} > ${p.now}`,
});

/** Spends a link: of any number of callers one gets a row. */
export const takeReset = statement({
  id: "passwordReset.take",
  params: { tokenHash: bytes, now: timestamp },
  row: { userId: passwordResets.userId, email: passwordResets.email },
  sql: (p, row) =>
    sql`delete from ${passwordResets} where ${passwordResets.tokenHash} = ${p.tokenHash}
      and ${passwordResets.expiresAt} > ${p.now} returning ${row}`,
});

export const voidResets = statement({
  id: "passwordReset.void",
  params: { userId: uuid },
  sql: (p) => sql`delete from ${passwordResets} where ${passwordResets.userId} = ${p.userId}`,
});

const old = aliased(passwordResets, "old");

export const removeExpired = statement({
  id: "passwordReset.remove_expired",
  params: { now: timestamp, limit: integer },
  sql: (p) =>
    sql`delete from ${passwordResets} where ${passwordResets.userId} in (
      select ${old.userId} from ${old} where ${old.expiresAt} <= ${p.now} order by ${old.expiresAt} limit ${p.limit})`,
});
