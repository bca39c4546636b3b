import type { ClientDetails } from "../core/input/client-details.ts";
import type { PendingSignIn } from "../core/pending.ts";
import type { PreparedPassword } from "../core/prepared-password.ts";
import type { RequestContext } from "../core/request-context.ts";
import type { CurrentSession, NewSession } from "../core/session.ts";
import type { User } from "../core/user.ts";
import type { TransactionScript } from "../database/script.ts";
import type { Call } from "../database/statements/statement.ts";

/** Somebody whom a module knows for sure, and who is to be signed in. */
export interface ProvenSignIn {
  readonly userId: string;
  /** What it was proved by, for the event log and the modules: `oauth.google`. */
  readonly method: string;
  readonly context?: RequestContext | undefined;
  /**
   * What was proved, as a statement that returns a row while it holds: `call` holds what it finds (`for share` on PostgreSQL)
   * and ends its WHERE with `guard`; without a row `gone` is thrown. With the user held. Where no other module takes part, the
   * session is opened with it in one round trip on PostgreSQL, unless there is a `script`.
   */
  readonly proof?: { readonly call: Call<unknown>; readonly gone: () => Error } | undefined;
  /** Written with what comes of it, be it a session or a step: inserts by `insertInto`, or with `guard` at the end of WHERE. */
  readonly outcome?: readonly Call<unknown>[] | undefined;
  /**
   * Runs in the transaction that opens the session, before anything else and with the user held: the place to use
   * up a code, so that it opens one session. What it throws undoes all of it.
   */
  readonly script?: ((user: User) => TransactionScript<void>) | undefined;
  /** The steps that this sign-in has behind it: `passed` of the proven user whose sign-in was held up. The module's own is added. */
  readonly passed?: readonly string[] | undefined;
}

/** An account that a module makes for somebody it knows for sure: without a password. */
export interface ModuleSignUp {
  readonly email: string;
  /** True if it was proved that the address is theirs. */
  readonly emailVerified: boolean;
  readonly name?: string | null | undefined;
  /** What it was proved by, for the event log. */
  readonly method: string;
  readonly context?: RequestContext | undefined;
  /** The sign-up fields of the other modules, such as `referralCode`, as they came from outside. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  /** Runs in the sign-up's transaction once the user is there, before other modules take part. What it throws undoes the account. */
  readonly script?: ((user: User) => TransactionScript<void>) | undefined;
}

/** What a module may do with accounts. The core's tables are read by modules, and written here. */
export interface ModuleAccounts {
  /**
   * Opens a session. This is a way in like any other: other modules may hold it up, and all are told.
   * @throws AuthError `sign_in_refused` if the user is gone or disabled, and what modules refuse
   */
  openSession(proof: ProvenSignIn): Promise<NewSession | PendingSignIn>;
  /**
   * Makes an account and signs in to it, in one transaction with all that the modules add.
   * @throws AuthError `user_exists`, `invalid_input`, and what modules refuse
   */
  signUp(input: ModuleSignUp): Promise<NewSession | PendingSignIn>;
  /** Checks sign-up fields that are to be kept until later. @throws AuthError `invalid_input` */
  checkSignUpFields(fields: Readonly<Record<string, unknown>>): void;
  /** What a session token opens now; `null` for anything else. For routes that serve everybody. */
  findSession(token: string): Promise<CurrentSession | null>;

  /** Checks and hashes; takes no connection. @throws AuthError `invalid_input`, `password_rejected`, `overloaded` */
  preparePassword(password: string, options?: { readonly email?: string }): Promise<PreparedPassword>;
  /**
   * Verifies the password of somebody signed in; wrong ones are counted.
   * @throws AuthError `unauthenticated`, `invalid_credentials`, `too_many_requests`, `overloaded`
   */
  confirmPassword(
    input: { readonly token: string; readonly password: string },
    context?: RequestContext,
  ): Promise<User>;
  /** False for an account that cannot be signed in to with a password. */
  hasPassword(userId: string): Promise<boolean>;

  // In transactions. Each holds the user until the transaction ends.

  /** The user, held; `null` if there is none. */
  hold(userId: string): TransactionScript<User | null>;
  /** Whether a user whom the transaction holds has a password to sign in with. */
  findPassword(userId: string): TransactionScript<boolean>;
  /**
   * Replaces the password, whatever it was, forgets failed attempts, and ends every session.
   * @throws AuthError `not_found`
   */
  setPassword(change: {
    readonly userId: string;
    readonly password: PreparedPassword;
    readonly client: ClientDetails;
  }): TransactionScript<User>;
  /** Leaves the account without a password and ends every session. @throws AuthError `not_found` */
  removePassword(change: {
    readonly userId: string;
    readonly client: ClientDetails;
  }): TransactionScript<User>;
  /** False if the user has another address by now, or is gone. */
  markEmailVerified(change: {
    readonly userId: string;
    /** The address that was proved. */
    readonly email: string;
    readonly client: ClientDetails;
  }): TransactionScript<boolean>;
  /**
   * Gives an account whose address nobody has proved to who has proved it now: the address is verified, and password,
   * sessions and known browsers go; other modules are told that the owner is another. False if the user has another
   * address, or one that was proved before, or is gone.
   */
  takeOver(change: {
    readonly userId: string;
    /** The address that was proved. */
    readonly email: string;
    readonly client: ClientDetails;
  }): TransactionScript<boolean>;
  /**
   * Moves the account to another address. Ends every session but the one to keep.
   * @throws AuthError `not_found`, `user_exists` (the transaction stays usable), `invalid_input`
   */
  changeEmail(change: {
    readonly userId: string;
    readonly email: string;
    /** True if it was proved that the new address is theirs. */
    readonly verified: boolean;
    readonly client: ClientDetails;
    readonly keepSessionId?: string | undefined;
  }): TransactionScript<User>;
  /** Ends every session of the user but the one to keep; how many there were. */
  endSessions(target: {
    readonly userId: string;
    readonly client: ClientDetails;
    readonly keepSessionId?: string | undefined;
  }): TransactionScript<number>;
}
