import type { Clock } from "../clock.ts";
import type { Database, DatabaseStats, DialectName } from "../database/database.ts";
import type { SchemaModule } from "../schema/migration.ts";
import type { HostReference } from "./host/host-reference.ts";
import type { SchemaFacts } from "./schema/schema-facts.ts";
import type { ServerFacts } from "./server/server-facts.ts";

/** Every check, in the order in which they are made and told. `docs/doctor.md` has a section for each. */
export const checkIds = [
  "connection",
  "pooler",
  "statements",
  "pools",
  "pool-size",
  "server-connections",
  "standby",
  "read-only",
  "isolation",
  "clock",
  "long-transactions",
  "migrations-newer",
  "migrations-edited",
  "migrations-pending",
  "ledger-summary",
  "foreign-tables",
  "drift",
  "constraints",
  "extra-columns",
  "create-right",
  "table-rights",
  "row-security",
  "delete-actions",
  "reference-types",
  "user-id-columns",
  "users-table",
  "foreign-keys",
  "journal-mode",
  "synchronous",
  "busy-timeout",
  "file",
] as const;

export type CheckId = (typeof checkIds)[number];

/**
 * - `error`: something of wispy-auth fails, or will.
 * - `warning`: it works, and will not under load, at the next migration or after the next accident.
 * - `info`: worth knowing; also a check that could not be made, which then has `data.unchecked`.
 * - `ok`: looked at, and fine.
 */
export type Severity = "ok" | "info" | "warning" | "error";

/** What a check has to say. `check`, `severity` and `data` are for programs; `message` and `fix` may be reworded. */
export interface Finding {
  readonly check: CheckId;
  readonly severity: Severity;
  readonly message: string;
  /** What to do, in words or in SQL. */
  readonly fix?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A finding before its check put its name on it. */
export type Found = Omit<Finding, "check">;

/** What a check looks at. The lookups are made once, by the first check that asks; one that fails does so for each. */
export interface CheckContext {
  readonly database: Database;
  readonly settings: ExaminationSettings;
  /** The handle as it was before the first check. */
  readonly begun: DatabaseStats;
  server(): Promise<ServerFacts>;
  schema(): Promise<SchemaFacts>;
  references(): Promise<readonly HostReference[]>;
}

/** One thing to look at. It reads and never writes; what it throws becomes "could not look". */
export interface Check {
  readonly id: CheckId;
  /** What it looks at, in a few words. */
  readonly title: string;
  /** The databases it is made on. */
  readonly dialects: readonly DialectName[];
  run(context: CheckContext): Promise<readonly Found[]>;
}

export interface ExaminationSettings {
  readonly modules: readonly SchemaModule[];
  readonly clock: Clock;
  /** How many processes of the application run at once. */
  readonly processes: number;
  /** From what age on a transaction counts as long. */
  readonly longTransactionSeconds: number;
  readonly allowNewerSchema: boolean;
  readonly handle: ExaminedHandle;
}

/** Whose handle is looked through: the application's, or one that was opened for the look alone. */
export type ExaminedHandle =
  | { readonly kind: "application" }
  | {
      readonly kind: "own";
      /** The pool size that the application would have. */
      readonly poolMax: number;
      /** True for a SQLite file that does not exist: an empty database stands in for it. */
      readonly fileMissing: boolean;
    };

export function ok(message: string): readonly Found[] {
  return [{ severity: "ok", message }];
}

/** For what shows in the application's process alone. */
export function uncheckedFromOutside(): readonly Found[] {
  return unchecked("only the application's own process can tell; see diagnose() in docs/doctor.md");
}

/** A check that could not be made, and why. */
export function unchecked(reason: string): readonly Found[] {
  return [{ severity: "info", message: `Could not look: ${reason}`, data: { unchecked: reason } }];
}
