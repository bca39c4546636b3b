import { byDialect, sql } from "../../database/statements/fragment.ts";
import { insertInto, statement } from "../../database/statements/statement.ts";
import { aliased } from "../../database/statements/table.ts";
import { integer, nullable, text, timestamp, uuid } from "../../database/statements/value-type.ts";
import type { User } from "../user.ts";
import { users } from "./users-table.ts";

/** The columns of {@link User}, of the table or of an alias of it. */
export function userColumns(source: typeof users = users) {
  return {
    id: source.id,
    email: source.email,
    name: source.name,
    emailVerifiedAt: source.emailVerifiedAt,
    disabledAt: source.disabledAt,
    createdAt: source.createdAt,
    updatedAt: source.updatedAt,
  };
}

export const insertUser = statement({
  id: "user.insert",
  hot: true,
  params: {
    id: uuid,
    email: text,
    emailCanonical: text,
    name: nullable(text),
    emailVerifiedAt: nullable(timestamp),
    createdAt: timestamp,
    updatedAt: timestamp,
  },
  row: { id: users.id },
  sql: (p, row) => sql`${insertInto(users, p)} on conflict do nothing returning ${row}`,
});

export const findUser = statement<{ id: string }, User>({
  id: "user.find",
  params: { id: uuid },
  row: userColumns(),
  sql: (p, row) => sql`select ${row} from ${users} where ${users.id} = ${p.id}`,
});

export const findUserByEmail = statement<{ emailCanonical: string }, User>({
  id: "user.find_by_email",
  params: { emailCanonical: text },
  row: userColumns(),
  sql: (p, row) => sql`select ${row} from ${users} where ${users.emailCanonical} = ${p.emailCanonical}`,
});

export const listUsers = statement<{ limit: number }, User>({
  id: "user.list",
  params: { limit: integer },
  row: userColumns(),
  sql: (p, row) => sql`select ${row} from ${users} order by ${users.id} limit ${p.limit}`,
});

export const listUsersAfter = statement<{ limit: number; after: string }, User>({
  id: "user.list_after",
  params: { limit: integer, after: uuid },
  row: userColumns(),
  sql: (p, row) =>
    sql`select ${row} from ${users} where ${users.id} > ${p.after} order by ${users.id} limit ${p.limit}`,
});

const locked = aliased(users, "u");

/**
 * The user, held until the transaction ends. Scripts that end sessions start with it: a sign-in under way
 * holds the row too, so it has either written its session before or sees the change after.
 */
export const lockUser = statement<{ id: string }, User & { emailCanonical: string }>({
  id: "user.lock",
  params: { id: uuid },
  row: { ...userColumns(locked), emailCanonical: locked.emailCanonical },
  sql: (p, row) =>
    sql`select ${row} from ${locked} where ${locked.id} = ${p.id}${byDialect({ postgres: sql` for update`, sqlite: sql`` })}`,
});

export const renameUser = statement<{ id: string; name: string | null; updatedAt: Date }, User>({
  id: "user.rename",
  params: { id: uuid, name: nullable(text), updatedAt: timestamp },
  row: userColumns(),
  sql: (p, row) =>
    sql`update ${users} set "name" = ${p.name}, "updated_at" = ${p.updatedAt} where ${users.id} = ${p.id} returning ${row}`,
});

export const changeUserEmail = statement<
  { id: string; email: string; emailCanonical: string; emailVerifiedAt: Date | null; updatedAt: Date },
  User
>({
  id: "user.change_email",
  params: {
    id: uuid,
    email: text,
    emailCanonical: text,
    emailVerifiedAt: nullable(timestamp),
    updatedAt: timestamp,
  },
  row: userColumns(),
  sql: (p, row) =>
    sql`update ${users} set "email" = ${p.email}, "email_canonical" = ${p.emailCanonical},
      "email_verified_at" = ${p.emailVerifiedAt}, "updated_at" = ${p.updatedAt}
      where ${users.id} = ${p.id} returning ${row}`,
});

/** A user verified already keeps the time. */
export const verifyUserEmail = statement<{ id: string; verifiedAt: Date }, User>({
  id: "user.verify_email",
  params: { id: uuid, verifiedAt: timestamp },
  row: userColumns(),
  sql: (p, row) =>
    sql`update ${users} set "email_verified_at" = coalesce(${users.emailVerifiedAt}, ${p.verifiedAt}),
      "updated_at" = ${p.verifiedAt} where ${users.id} = ${p.id} returning ${row}`,
});

/** A user disabled already keeps the time, and gets the new reason. */
export const disableUser = statement<{ id: string; reason: string | null; disabledAt: Date }, User>({
  id: "user.disable",
  params: { id: uuid, reason: nullable(text), disabledAt: timestamp },
  row: userColumns(),
  sql: (p, row) =>
    sql`update ${users} set "disabled_at" = coalesce(${users.disabledAt}, ${p.disabledAt}),
      "disabled_reason" = ${p.reason}, "updated_at" = ${p.disabledAt}
      where ${users.id} = ${p.id} returning ${row}`,
});

export const enableUser = statement<{ id: string; updatedAt: Date }, User>({
  id: "user.enable",
  params: { id: uuid, updatedAt: timestamp },
  row: userColumns(),
  sql: (p, row) =>
    sql`update ${users} set "disabled_at" = null, "disabled_reason" = null, "updated_at" = ${p.updatedAt}
      where ${users.id} = ${p.id} returning ${row}`,
});

export const deleteUserRow = statement<{ id: string }>({
  id: "user.delete",
  params: { id: uuid },
  sql: (p) => sql`delete from ${users} where ${users.id} = ${p.id}`,
});
