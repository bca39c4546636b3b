import type { TransactionScript } from "../database/script.ts";
import type { ClientDetails } from "./input/client-details.ts";
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
   * Runs after the account's rows are written. What it throws undoes the account; what it returns is the answer.
   * `null` to stay out of this sign-up, which then costs nothing; the answer is `null` too.
   */
  readonly script: ((account: NewAccount) => TransactionScript<unknown>) | null;
}

/** What takes part in the core's operations, in order. The core knows none of them by name. */
export interface CoreHooks {
  /**
   * Before the password is hashed: reads the fields of its own from the input, and decides whether to take part.
   * @throws AuthError what the caller did wrong
   */
  readonly prepareSignUp: (draft: SignUpDraft, input: object) => Promise<readonly SignUpPart[]>;
  /** On every way to an account, in its transaction, after its rows are written. */
  readonly userCreated: readonly ((account: NewAccount) => TransactionScript<void>)[];
  /** In the transaction that removes a user, who is held, before the rows go. */
  readonly userDeleted: readonly ((user: { readonly id: string }) => TransactionScript<void>)[];
}

export const noHooks: CoreHooks = {
  prepareSignUp: async () => [],
  userCreated: [],
  userDeleted: [],
};
