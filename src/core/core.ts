import type { CleanUpOptions, CleanUpResult } from "./clean-up/clean-up.ts";
import type { ChangedPassword, ChangePasswordInput } from "./credentials/change-password.ts";
import type { ConfirmPasswordInput } from "./credentials/confirm-session.ts";
import type { DeleteUserInput } from "./credentials/delete-own-user.ts";
import type { PendingSignIn } from "./pending.ts";
import type { PreparedPassword } from "./prepared-password.ts";
import type { RequestContext } from "./request-context.ts";
import type { ResultMode, ResultOf } from "./runner.ts";
import type { SecurityEvent } from "./security-event.ts";
import type { CurrentSession, NewSession, Session } from "./session.ts";
import type { SignInInput } from "./sign-in/sign-in.ts";
import type { SignUpInput } from "./sign-up/prepare-sign-up.ts";
import type { PreparedSignUp } from "./sign-up/prepared-sign-up.ts";
import type { JoinedUsers, Users } from "./users/user-directory.ts";

/** What can run inside the application's own transaction: it commits with it, or leaves nothing. */
export interface JoinedCore<M extends ResultMode> {
  /** @throws AuthError `user_exists` (the transaction stays usable) */
  signUp(prepared: PreparedSignUp): ResultOf<M, NewSession | PendingSignIn>;
  listSessions(userId: string): ResultOf<M, readonly Session[]>;
  revokeSession(target: { readonly userId: string; readonly sessionId: string }): ResultOf<M, boolean>;
  revokeOtherSessions(target: {
    readonly userId: string;
    readonly keepSessionId?: string;
  }): ResultOf<M, number>;
  listEvents(userId: string, options?: { readonly limit?: number }): ResultOf<M, readonly SecurityEvent[]>;
  /** Always throws `sign_in_cannot_join`: failed attempts must count even if the transaction is rolled back. */
  signIn(...input: readonly unknown[]): never;
  readonly users: JoinedUsers<M>;
}

/** The operations of accounts, passwords and sessions, on one database. Tokens are raw strings here. */
export interface Core {
  /** @throws AuthError `invalid_input`, `password_rejected`, `user_exists`, `overloaded` */
  signUp(input: SignUpInput | PreparedSignUp, context?: RequestContext): Promise<NewSession | PendingSignIn>;
  /** Validates and hashes; takes no connection. @throws AuthError `invalid_input`, `password_rejected`, `overloaded` */
  prepareSignUp(input: SignUpInput, context?: RequestContext): Promise<PreparedSignUp>;
  /** Hashes for `within(handle).users`. @throws AuthError `invalid_input`, `password_rejected`, `overloaded` */
  preparePassword(password: string, options?: { readonly email?: string }): Promise<PreparedPassword>;
  /** @throws AuthError `invalid_credentials` whatever was wrong; `invalid_input`, `overloaded`, and what modules refuse */
  signIn(input: SignInInput, context?: RequestContext): Promise<NewSession | PendingSignIn>;
  /** `null` for anything that is not a live session's token, however malformed. */
  getSession(token: string): Promise<CurrentSession | null>;
  /** Ends the session. False if the token opens none. */
  signOut(token: string, context?: RequestContext): Promise<boolean>;
  /** Live sessions, latest first. */
  listSessions(userId: string): Promise<readonly Session[]>;
  /** False if the user has no such session. */
  revokeSession(
    target: { readonly userId: string; readonly sessionId: string },
    context?: RequestContext,
  ): Promise<boolean>;
  /** How many were ended; all of them without `keepSessionId`. */
  revokeOtherSessions(
    target: { readonly userId: string; readonly keepSessionId?: string },
    context?: RequestContext,
  ): Promise<number>;
  /**
   * Ends every session of the user and opens a new one.
   * @throws AuthError `unauthenticated`, `session_not_fresh`, `invalid_credentials`, `too_many_requests`,
   *   `password_rejected`, `invalid_input`, `overloaded`
   */
  changePassword(input: ChangePasswordInput, context?: RequestContext): Promise<ChangedPassword>;
  /**
   * Makes the session fresh again by the password.
   * @throws AuthError `unauthenticated`, `invalid_credentials`, `too_many_requests`, `invalid_input`, `overloaded`
   */
  confirmPassword(input: ConfirmPasswordInput, context?: RequestContext): Promise<CurrentSession>;
  /** @throws AuthError `unauthenticated`, `invalid_credentials`, `too_many_requests`, `overloaded` */
  deleteUser(input: DeleteUserInput, context?: RequestContext): Promise<void>;
  /** Latest first. `limit` 1 to 1000, default 50. */
  listEvents(userId: string, options?: { readonly limit?: number }): Promise<readonly SecurityEvent[]>;
  readonly users: Users;
  /** Removes expired rows in bounded batches. Safe to run anywhere, any number of times, at once. */
  cleanUp(options?: CleanUpOptions): Promise<CleanUpResult>;
  /** @throws AuthError `unsupported_handle`, `transaction_required` */
  within(handle: unknown): JoinedCore<ResultMode>;
}
