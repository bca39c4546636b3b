import type { DatabaseStats, StatementsMode } from "wispy-auth";

/** What a caller process is started with. */
export interface CallerSettings {
  readonly url: string;
  readonly applicationName: string;
  /** From 1. */
  readonly process: number;
  readonly callers: number;
  /** Connections of its pool. */
  readonly poolMax: number;
  readonly statements: StatementsMode;
  /** From one `DISCARD ALL` on its pool to the next. */
  readonly discardSeconds: number;
  /** Accounts it signs in to at the end, spread over all it made. */
  readonly sampleSize: number;
}

/** What the runner tells a caller process. `watch`: say when the database can be used again after this restart. */
export type Order =
  | { readonly kind: "begin" }
  | { readonly kind: "watch"; readonly restart: number }
  | { readonly kind: "finish" };

/** What a caller process tells the runner. */
export type Note =
  | { readonly kind: "ready" }
  | {
      readonly kind: "progress";
      readonly calls: number;
      readonly errors: number;
      readonly oldest: CallUnderWay | null;
    }
  | { readonly kind: "recovered"; readonly restart: number; readonly at: number }
  | { readonly kind: "finished"; readonly report: CallerReport };

/** A call that waits for its answer. */
export interface CallUnderWay {
  readonly kind: string;
  readonly begunAt: number;
}

/** A call that failed. Moments are in milliseconds since 1970: processes compare them. */
export interface SeenError {
  readonly kind: string;
  /** An `AuthError`'s code; `host: ...` for a statement of the application's own; else what was thrown. */
  readonly code: string;
  readonly begunAt: number;
  readonly endedAt: number;
  /** The error and its causes, for whoever looks into it. */
  readonly text: string;
}

export interface CallerReport {
  readonly process: number;
  readonly latencies: Readonly<Record<string, LatencyCounts>>;
  readonly errors: readonly SeenError[];
  /** Answers that were not what they should be. */
  readonly wrong: readonly string[];
  readonly accounts: AccountReport;
  readonly stats: DatabaseStats;
  /** How often the library had each event to tell its operator. */
  readonly logged: Readonly<Record<string, number>>;
  /** `DISCARD ALL` on the process's pool. */
  readonly discards: number;
}

/** How many calls took how long, by whole tenths of a millisecond. */
export type LatencyCounts = readonly (readonly [tenths: number, calls: number])[];

/** What a process knows of the sign-ups it asked for. */
export interface AccountReport {
  /** Reported as successful. */
  readonly ids: readonly string[];
  /** E-mail addresses of those that nobody can know about: the answer to COMMIT was lost. */
  readonly unknown: readonly string[];
  /** E-mail addresses of those that were rolled back, or refused before anything was written. */
  readonly absent: readonly string[];
  readonly signedInAgain: number;
  /** Accounts that should open and did not. */
  readonly closed: readonly string[];
}
