import { isUuid } from "../../ids.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { readEmailAddress } from "../input/email-address.ts";
import { parseLimit } from "../input/page-limit.ts";
import { parsePlainText } from "../input/plain-text.ts";
import { readPreparedPassword, type PreparedPassword } from "../prepared-password.ts";
import type { ResultMode, ResultOf, Runner } from "../runner.ts";
import type { User } from "../user.ts";
import { createUserScript, type CreateUserInput } from "./create-user.ts";
import { updateUserScript, type UpdateUserInput } from "./update-user.ts";
import {
  deleteScript,
  disableScript,
  enableScript,
  setPasswordScript,
  unlockScript,
} from "./user-scripts.ts";
import { findUser, findUserByEmail, listUsers, listUsersAfter } from "./user-statements.ts";

export interface ListUsersOptions {
  /** 1 to 1000, default 100. */
  readonly limit?: number;
  /** The id of the last user of the page before. */
  readonly after?: string;
}

/** The server side of accounts, for the application's own code: nothing here asks who is calling. */
export interface UserDirectory<M extends ResultMode> {
  get(id: string): ResultOf<M, User | null>;
  /** Any spelling of the address. */
  getByEmail(email: string): ResultOf<M, User | null>;
  /** Oldest first. @throws AuthError `invalid_input` */
  list(options?: ListUsersOptions): ResultOf<M, readonly User[]>;
  /** @throws AuthError `not_found`, `user_exists`, `invalid_input` */
  update(id: string, changes: UpdateUserInput): ResultOf<M, User>;
  /** Ends all sessions in the same transaction. @throws AuthError `not_found`, `invalid_input` */
  disable(id: string, options?: { readonly reason?: string }): ResultOf<M, User>;
  /** @throws AuthError `not_found` */
  enable(id: string): ResultOf<M, User>;
  /** Clears the failed attempts that count against the account. @throws AuthError `not_found` */
  unlock(id: string): ResultOf<M, void>;
  /** Removes the account, its sessions and devices; its events stay. False if there was none. */
  delete(id: string): ResultOf<M, boolean>;
}

/** What takes passwords as they are typed hashes them first, so it never runs inside a caller's transaction. */
export interface Users extends UserDirectory<"async"> {
  /** @throws AuthError `user_exists`, `invalid_input`, `password_rejected`, `overloaded` */
  create(input: CreateUserInput): Promise<User>;
  /** Ends all sessions. @throws AuthError `not_found`, `password_rejected`, `invalid_input`, `overloaded` */
  setPassword(id: string, password: string | PreparedPassword): Promise<User>;
}

export interface JoinedUsers<M extends ResultMode> extends UserDirectory<M> {
  /** @throws AuthError `user_exists`, `invalid_input` */
  create(input: CreateUserInput & { readonly password?: PreparedPassword }): ResultOf<M, User>;
  /** Ends all sessions. @throws AuthError `not_found`, `invalid_input` */
  setPassword(id: string, password: PreparedPassword): ResultOf<M, User>;
}

const defaultPageSize = 100;
const maximumReasonLength = 500;

/** The directory, in transactions of our own or inside the application's. */
export function createUserDirectory<M extends ResultMode>(
  environment: CoreEnvironment,
  runner: Runner<M>,
): JoinedUsers<M> {
  return {
    get: (id) => runner.maybeOne(() => (isUuid(id) ? findUser.with({ id }) : null)),
    getByEmail: (email) =>
      runner.maybeOne(() => {
        const parsed = readEmailAddress(email);
        return parsed && findUserByEmail.with({ emailCanonical: parsed.canonical });
      }),
    list: ({ limit, after } = {}) =>
      runner.many(() => {
        const page = parseLimit(limit, defaultPageSize);
        if (after === undefined) return listUsers.with({ limit: page });
        return isUuid(after) ? listUsersAfter.with({ limit: page, after }) : null;
      }),
    create: (input) =>
      runner.transaction(() => createUserScript(environment, input), {
        singleStep: environment.hooks.userCreated.length === 0,
      }),
    update: (userId, changes) => runner.transaction(() => updateUserScript(environment, { userId, changes })),
    disable: (userId, options = {}) =>
      runner.transaction(() => {
        const reason = parsePlainText(options.reason, { path: "reason", maxLength: maximumReasonLength });
        return disableScript(environment, { userId, reason });
      }),
    enable: (userId) => runner.transaction(() => enableScript(environment, userId)),
    unlock: (userId) => runner.transaction(() => unlockScript(environment, userId)),
    delete: (userId) => runner.transaction(() => deleteScript(environment, userId)),
    setPassword: (userId, password) =>
      runner.transaction(() =>
        setPasswordScript(environment, { userId, passwordHash: readPreparedPassword(password) }),
      ),
  };
}
