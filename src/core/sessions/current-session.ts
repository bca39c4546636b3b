import type { CurrentSession, Session } from "../session.ts";
import type { User } from "../user.ts";

/** A session and its user as one row. */
export interface CurrentSessionRow extends Session {
  readonly email: string;
  readonly name: string | null;
  readonly emailVerifiedAt: Date | null;
  readonly disabledAt: Date | null;
  readonly userCreatedAt: Date;
  readonly userUpdatedAt: Date;
}

export function toCurrentSession(row: CurrentSessionRow): CurrentSession {
  const { email, name, emailVerifiedAt, disabledAt, userCreatedAt, userUpdatedAt, ...session } = row;
  const user: User = {
    id: session.userId,
    email,
    name,
    emailVerifiedAt,
    disabledAt,
    createdAt: userCreatedAt,
    updatedAt: userUpdatedAt,
  };
  return { user, session };
}
