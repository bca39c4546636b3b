import { isAuthError, type Auth } from "wispy-auth";
import { Interrupted, type Recorder } from "./recorder.ts";
import type { AccountReport } from "../messages.ts";

/** An account whose sign-up was reported as successful. */
export interface KnownAccount {
  readonly id: string;
  readonly email: string;
  /** Those that may open it: two while nobody knows whether a change of password happened. */
  passwords: readonly string[];
}

/** Remembers every sign-up a process asked for, and what it was told of it. */
export class AccountBook {
  readonly #accounts: KnownAccount[] = [];
  readonly #unknown: string[] = [];
  readonly #absent: string[] = [];

  signedUp(account: KnownAccount): KnownAccount {
    this.#accounts.push(account);
    return account;
  }

  /** The answer that says whether it is there was lost. */
  mayBeThere(email: string): void {
    this.#unknown.push(email);
  }

  /** It was rolled back, or failed with an error that says that nothing happened. */
  isAbsent(email: string): void {
    this.#absent.push(email);
  }

  /** Runs a sign-up; of one that fails it notes what its error says. @throws Interrupted */
  async follow<T>(email: string, signUp: () => Promise<T>): Promise<T> {
    try {
      return await signUp();
    } catch (error) {
      if (error instanceof Interrupted && error.code === "outcome_unknown") this.mayBeThere(email);
      else this.isAbsent(email);
      throw error;
    }
  }

  /** Signs in to accounts spread over all of them, and reports. */
  async report({
    auth,
    recorder,
    sampleSize,
  }: {
    readonly auth: Auth;
    readonly recorder: Recorder;
    readonly sampleSize: number;
  }): Promise<AccountReport> {
    const step = Math.max(1, this.#accounts.length / sampleSize);
    const closed: string[] = [];
    let signedInAgain = 0;
    for (let i = 0; i < this.#accounts.length; i += step) {
      const account = this.#accounts[Math.floor(i)]!;
      if (await this.#opens(account, { auth, recorder })) signedInAgain += 1;
      else closed.push(account.id);
    }
    const ids = this.#accounts.map(({ id }) => id);
    return { ids, unknown: this.#unknown, absent: this.#absent, signedInAgain, closed };
  }

  async #opens(
    { id, email, passwords }: KnownAccount,
    { auth, recorder }: { readonly auth: Auth; readonly recorder: Recorder },
  ): Promise<boolean> {
    for (const password of passwords) {
      const opened = await recorder
        .call("sign-in at the end", async () => {
          const { user } = await auth.signIn({ email, password }).catch((error: unknown) => {
            if (isAuthError(error, "invalid_credentials")) return { user: null };
            throw error;
          });
          return user?.id === id;
        })
        .catch(() => false);
      if (opened) return true;
    }
    return false;
  }
}
