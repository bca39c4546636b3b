import type { AdoptFinding } from "./finding.ts";
import type { Verdict } from "./judge-account.ts";

/** What became of accounts, or would become of them. */
export interface AccountCounts {
  readonly adopted: number;
  readonly heldBack: number;
  /** Of those adopted: */
  readonly withPassword: number;
  readonly verified: number;
  readonly disabled: number;
  /** Locked at this moment by failed sign-ins. */
  readonly locked: number;
}

/** Counts verdicts as they come, and keeps what is to be listed; the accounts themselves may be many. */
export class Tally {
  readonly findings: AdoptFinding[] = [];
  #adopted = 0;
  #heldBack = 0;
  #withPassword = 0;
  #verified = 0;
  #disabled = 0;
  #locked = 0;

  add(verdicts: readonly Verdict[]): void {
    for (const { account, findings } of verdicts) {
      this.findings.push(...findings);
      if (account === null) {
        this.#heldBack += 1;
        continue;
      }
      this.#adopted += 1;
      if (account.passwordHash !== null) this.#withPassword += 1;
      if (account.user.emailVerifiedAt !== null) this.#verified += 1;
      if (account.user.disabledAt !== null) this.#disabled += 1;
      if (account.attempts?.lockedUntil) this.#locked += 1;
    }
  }

  get counts(): AccountCounts {
    return {
      adopted: this.#adopted,
      heldBack: this.#heldBack,
      withPassword: this.#withPassword,
      verified: this.#verified,
      disabled: this.#disabled,
      locked: this.#locked,
    };
  }

  /** All accounts seen. */
  get rows(): number {
    return this.#adopted + this.#heldBack;
  }
}
