import { integer, text } from "../../database/statements/value-type.ts";
import {
  countField,
  flagField,
  idField,
  ownTimeField,
  readRow,
  selectList,
  textField,
  timeField,
  type OldRow,
} from "./old-fields.ts";
import type { OldQuery, OldTables } from "./old-tables.ts";

const fields = {
  id: idField("u.id"),
  uuid: textField("u.uuid"),
  email: textField("u.email"),
  firstName: textField("u.first_name"),
  lastName: textField("u.last_name"),
  passwordHash: textField("u.password_hash"),
  provider: textField("u.provider"),
  isVerified: flagField("u.email_verified"),
  isActive: flagField("u.is_active"),
  isSuspended: flagField("u.is_suspended"),
  createdAt: timeField("u.created_at"),
  updatedAt: timeField("u.updated_at"),
  loginAttempts: countField("s.login_attempts"),
  lockedUntil: timeField("s.locked_until"),
  lastFailedAt: timeField("s.last_failed_login_at"),
  securityUpdatedAt: timeField("s.updated_at"),
  mustChangePassword: flagField("s.force_password_change"),
  hasSecondFactor: flagField("s.two_factor_enabled"),
  adoptedAs: textField("m.user_id"),
  oldUpdatedAt: ownTimeField("m.old_updated_at"),
};

/** An account of the Go library: its row, what matters of its `user_security`, and what it was adopted as. */
export type OldUser = OldRow<typeof fields>;

/** Below every id. */
export const belowAllIds = Number.MIN_SAFE_INTEGER;

export interface OldUsersPage {
  readonly mapping: string;
  readonly after: number;
  readonly limit: number;
  /** Default false: those that are mapped already are left out. */
  readonly withMapped?: boolean;
}

/** A page of accounts by id, to be read by {@link readOldUser}. */
export function oldUsersQuery(
  old: OldTables,
  { mapping, after, limit, withMapped = false }: OldUsersPage,
): OldQuery {
  const { dialect } = old;
  return {
    text: `select ${selectList(fields, old)} from ${old.table("users")} as u
      left join ${old.table("user_security")} as s on s.user_id = u.id
      left join ${mapping} as m on m.source = ${dialect.placeholder(1, text)} and m.old_id = u.id
      where u.id > ${dialect.placeholder(2, integer)}${withMapped ? "" : " and m.old_id is null"}
      order by u.id limit ${dialect.placeholder(3, integer)}`,
    values: [old.source, after, limit],
  };
}

export function readOldUser(row: readonly unknown[], old: OldTables): OldUser {
  return readRow(fields, { row, old });
}
