import type { AdoptFinding } from "../finding.ts";
import type { RowVerdict } from "./judge-rows.ts";

/** What became of a module's old rows, or would become of them. */
export interface RowCounts {
  /** `referral codes`. */
  readonly what: string;
  /** In the old tables. */
  readonly found: number;
  /** By earlier runs. */
  readonly adoptedBefore: number;
  readonly adopted: number;
  /** Until a cause is gone: one that is listed, or an account or a row it refers to that is held back itself. */
  readonly heldBack: number;
  /** For good: listed, or of accounts that are gone from the old tables. */
  readonly leftBehind: number;
}

/** Counts verdicts as they come, and keeps what is to be listed. */
export class RowTally {
  readonly findings: AdoptFinding[] = [];
  readonly #before: Pick<RowCounts, "what" | "found" | "adoptedBefore">;
  #adopted = 0;
  #heldBack = 0;
  #leftBehind = 0;

  constructor(before: Pick<RowCounts, "what" | "found" | "adoptedBefore">) {
    this.#before = before;
  }

  add(verdicts: readonly RowVerdict[]): void {
    for (const verdict of verdicts) {
      if (verdict.kind === "listed") this.findings.push(verdict.finding);
      if (verdict.kind === "ready") this.#adopted += 1;
      else if (verdict.kind === "waiting" || (verdict.kind === "listed" && verdict.finding.heldBack))
        this.#heldBack += 1;
      else this.#leftBehind += 1;
    }
  }

  get counts(): RowCounts {
    const [adopted, heldBack, leftBehind] = [this.#adopted, this.#heldBack, this.#leftBehind];
    return { ...this.#before, adopted, heldBack, leftBehind };
  }

  /** All rows seen. */
  get rows(): number {
    return this.#adopted + this.#heldBack + this.#leftBehind;
  }
}
