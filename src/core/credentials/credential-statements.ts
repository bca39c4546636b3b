import { byDialect, expression, guard, sql } from "../../database/statements/fragment.ts";
import { insertInto, statement } from "../../database/statements/statement.ts";
import { aliased } from "../../database/statements/table.ts";
import { bytes, nullable, text, timestamp, uuid } from "../../database/statements/value-type.ts";
import { sessions } from "../sessions/sessions-table.ts";
import { userColumns } from "../users/user-statements.ts";
import { users } from "../users/users-table.ts";
import { credentials } from "./credentials-table.ts";

export const insertCredential = statement({
  id: "credential.insert",
  params: { userId: uuid, passwordHash: text, createdAt: timestamp, updatedAt: timestamp },
  sql: (p) => insertInto(credentials, p),
});

export const setCredential = statement({
  id: "credential.set",
  params: { userId: uuid, passwordHash: text, createdAt: timestamp, updatedAt: timestamp },
  sql: (p) =>
    sql`${insertInto(credentials, p)} on conflict ("user_id") do update
      set "password_hash" = excluded."password_hash", "updated_at" = excluded."updated_at"`,
});

export const findCredential = statement({
  id: "credential.find",
  params: { userId: uuid },
  row: { updatedAt: credentials.updatedAt },
  sql: (p, row) => sql`select ${row} from ${credentials} where ${credentials.userId} = ${p.userId}`,
});

/** Compare-and-swap: of two that replace one hash, the second replaces nothing. */
export const replaceCredential = statement({
  id: "credential.replace",
  params: { userId: uuid, oldPasswordHash: text, newPasswordHash: text, updatedAt: timestamp },
  row: { userId: credentials.userId },
  sql: (p, row) =>
    sql`update ${credentials} set "password_hash" = ${p.newPasswordHash}, "updated_at" = ${p.updatedAt}
      where ${credentials.userId} = ${p.userId} and ${credentials.passwordHash} = ${p.oldPasswordHash}
      returning ${row}`,
});

export const deleteCredential = statement<{ userId: string }>({
  id: "credential.delete",
  params: { userId: uuid },
  sql: (p) => sql`delete from ${credentials} where ${credentials.userId} = ${p.userId}${guard}`,
});

const u = aliased(users, "u");
const c = aliased(credentials, "c");
const s = aliased(sessions, "s");

/** Who holds a live session, and the hash that a password must match to confirm it. */
export const findConfirmation = statement({
  id: "credential.find_confirmation",
  params: { tokenHash: bytes, now: timestamp },
  row: {
    ...userColumns(u),
    sessionId: s.id,
    authenticatedAt: s.authenticatedAt,
    passwordHash: expression(nullable(text), sql`${c.passwordHash}`),
  },
  sql: (p, row) =>
    sql`select ${row} from ${s} join ${u} on ${u.id} = ${s.userId} left join ${c} on ${c.userId} = ${u.id}
      where ${s.tokenHash} = ${p.tokenHash} and ${s.expiresAt} > ${p.now} and ${u.disabledAt} is null`,
});

/** Holds the user if the session still lives and the confirmed hash is still the user's. */
export const lockConfirmed = statement({
  id: "credential.lock_confirmed",
  params: { sessionId: uuid, userId: uuid, passwordHash: text },
  row: { id: u.id, emailCanonical: u.emailCanonical },
  sql: (p, row) =>
    sql`select ${row} from ${u} join ${c} on ${c.userId} = ${u.id} join ${s} on ${s.userId} = ${u.id}
      where ${u.id} = ${p.userId} and ${u.disabledAt} is null and ${c.passwordHash} = ${p.passwordHash}
        and ${s.id} = ${p.sessionId}${byDialect({ postgres: sql` for update of u, c, s`, sqlite: sql`` })}`,
});
