import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { OldTables } from "./old/old-tables.ts";

/** What every part of a run works with. */
export interface Adoption {
  readonly database: Database;
  readonly old: OldTables;
  readonly clock: Clock;
  /** The mapping for a FROM clause. */
  readonly mapping: string;
  /** The same for the rows of modules. */
  readonly rowMapping: string;
  readonly batchSize: number;
  readonly onProgress: (progress: AdoptProgress) => void;
}

/** Called after each page that was read and each batch that was committed. */
export interface AdoptProgress {
  readonly phase: "looking" | "accounts" | "rows" | "events";
  /** Rows so far in this phase. */
  readonly rows: number;
}
