import type { Chain, TransactionScript } from "../database/script.ts";
import type { ClientDetails } from "./input/client-details.ts";
import type { PendingOperation, PendingSignIn, StepRequest } from "./pending.ts";
import type { Session } from "./session.ts";
import type { User } from "./user.ts";

/** An account that is about to be made by its owner. Nothing is written, no connection is held. */
export interface SignUpDraft {
  readonly email: string;
  /** The address as it is compared: two drafts with one canonical address stand for one account. */
  readonly emailCanonical: string;
  readonly name: string | null;
  readonly client: ClientDetails;
  /** The hash of the mark that an earlier account left in the same browser (`devicesTable.tokenHash`), if there is one. */
  readonly deviceTokenHash: Uint8Array | null;
  /** The modules' own cookies, by the modules' names. */
  readonly cookies: Readonly<Record<string, string>>;
}

/** An account whose rows were written in the transaction that is under way. */
export interface NewAccount {
  readonly user: User;
  readonly client: ClientDetails;
  /** By its owner, or by the application's own code (`auth.users.create`). */
  readonly by: "user" | "application";
}

/** What somebody besides the core does in one sign-up's transaction. */
export interface SignUpPart {
  /** The key of its answer in the sign-up's result. */
  readonly name: string;
  /**
   * A script runs after the account's rows are written. What it throws undoes the account; what it returns is the answer.
   * `null` to stay out of this sign-up, which then costs nothing; the answer is `null` too.
   */
  readonly script: ((account: NewAccount) => TransactionScript<unknown> | SignUpChain<unknown>) | null;
}

/**
 * A part of a sign-up that is statements alone, as `Transaction.chain` takes them, the head with a guard too. PostgreSQL
 * runs them and the account's own as one, without a transaction around it: they are written together or not at all, and
 * see nothing of each other.
 */
export interface SignUpChain<Answer> extends Chain {
  /** Where the head returned a row. */
  readonly answer: Answer;
  /** Finds the answer where it returned none. It runs once the account is there, and cannot undo it. */
  readonly otherwise: TransactionScript<Answer>;
}

/** Something that is worth limiting, about to be done. */
export interface Attempt {
  /** `signUp`, `signIn`, `confirmPassword`, or a module's: `passwordReset.request`. */
  readonly action: string;
  readonly client: ClientDetails;
  /** What it is done to: the canonical address or the id of an account; `null` if there is none. */
  readonly account: string | null;
}

/** Somebody who has proved who they are, in the transaction that is to open their session. The user is held. */
export interface ProvenUser {
  readonly user: User;
  readonly client: ClientDetails;
  /** What it was proved by: `password`, `oauth.google`. */
  readonly method: string;
  /** True in the sign-up itself. */
  readonly isNew: boolean;
  /** The id of the known device that the browser presented, if it is one of this user's. */
  readonly deviceId: string | null;
  /** The modules' own cookies, by the modules' names. */
  readonly cookies: Readonly<Record<string, string>>;
  /** The modules whose step this sign-in has behind it. */
  readonly passed: readonly string[];
}

/** A session whose row was written in the transaction that is under way. */
export interface OpenedSession {
  readonly user: User;
  readonly session: Session;
  readonly client: ClientDetails;
  readonly method: string;
}

/** What changed about a user, in the transaction that is under way. */
export interface UserChange {
  readonly user: { readonly id: string };
  /**
   * `owner`: the account was made by somebody who never proved its address, and goes to who has; what they set up to get in
   * by is to go. `password` is told before it, and `emailVerified` after.
   */
  readonly what: "password" | "email" | "emailVerified" | "owner" | "disabled" | "enabled";
  readonly client: ClientDetails;
}

/** A module that can hold a sign-in up. */
export interface SignInGate {
  readonly module: string;
  /** A sign-up passes only where it says so. */
  readonly operations: readonly PendingOperation[];
  /** `null` lets the sign-in go on; what it throws refuses it, and undoes the transaction. */
  readonly check: (proven: ProvenUser) => TransactionScript<StepRequest | null>;
}

/** What takes part in the core's operations, in order. The core knows none of them by name. */
export interface CoreHooks {
  /** Before anything is looked up, no connection held. @throws AuthError to refuse the attempt */
  readonly attempted: (attempt: Attempt) => Promise<void>;
  /**
   * Before the password is hashed: reads the fields of its own from the input, and decides whether to take part.
   * @throws AuthError what the caller did wrong
   */
  readonly prepareSignUp: (draft: SignUpDraft, input: object) => Promise<readonly SignUpPart[]>;
  /** On every way to an account, in its transaction, after its rows are written. */
  readonly userCreated: readonly ((account: NewAccount) => TransactionScript<void>)[];
  /** In the transaction of a sign-up whose address has an account already: what to answer instead of `user_exists`. */
  readonly addressTaken: readonly ((draft: SignUpDraft) => TransactionScript<PendingSignIn | null>)[];
  /** In the transaction of every way in, before the session. */
  readonly gates: readonly SignInGate[];
  /** In the transaction of every way in, after the session's row is written. */
  readonly sessionOpened: readonly ((opened: OpenedSession) => TransactionScript<void>)[];
  /** In the transaction of the change, the user held. */
  readonly userChanged: readonly ((change: UserChange) => TransactionScript<void>)[];
  /** In the transaction that removes a user, who is held, before the rows go. */
  readonly userDeleted: readonly ((user: { readonly id: string }) => TransactionScript<void>)[];
}

export const noHooks: CoreHooks = {
  attempted: async () => undefined,
  prepareSignUp: async () => [],
  userCreated: [],
  addressTaken: [],
  gates: [],
  sessionOpened: [],
  userChanged: [],
  userDeleted: [],
};

/** Tells every hook of a change, in order. */
export function tellOfChange(
  { userChanged }: Pick<CoreHooks, "userChanged">,
  change: UserChange,
): TransactionScript<void> {
  return function* (tx) {
    for (const hook of userChanged) yield* hook(change)(tx);
  };
}
