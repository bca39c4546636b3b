import type { Database } from "../database/database.ts";
import type { Dialect } from "../database/dialects/dialect.ts";
import type { Script, Transaction } from "../database/script.ts";
import type { LiveConstraint } from "./constraints.ts";
import { checksumDigest } from "./migration.ts";

/** What the ledger says of one module, in short: enough to know that nothing is to be done. */
export interface ModuleHead {
  /** The highest number applied. */
  readonly version: number;
  /** The highest number applied that older code cannot work with. */
  readonly breaking: number;
  /** `checksumDigest` of all applied migrations. */
  readonly digest: string;
}

export type Heads = Readonly<Record<string, ModuleHead>>;

/** A row of the ledger. */
export interface LedgerEntry {
  readonly module: string;
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly compatible: boolean;
  readonly appliedAt: Date;
}

export interface LiveColumn {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly notNull: boolean;
}

export interface LiveIndex {
  readonly name: string;
  readonly valid: boolean;
}

/** All that a start needs to know, gathered by one statement. */
export interface Probe {
  readonly heads: Heads;
  readonly columns: readonly LiveColumn[];
  readonly indexes: readonly LiveIndex[];
  /** Whether this role may create what is missing. */
  readonly mayCreate: boolean;
}

/** How one dialect keeps the ledger and reads its own catalogue. Everything stays within our namespace. */
export interface Catalogue {
  readonly dialect: Dialect;
  /** One statement; never raises on an empty database. `tables` are our table names, with prefix. */
  probe(database: Database, tables: readonly string[]): Promise<Probe>;
  /** Waits for every other migrator of this namespace; the lock ends with the transaction. */
  lock(tx: Transaction): Script<void>;
  /** Creates the namespace and the ledger where they are missing. */
  ensureLedger(tx: Transaction): Script<void>;
  entries(tx: Transaction): Script<readonly LedgerEntry[]>;
  /** The same by a single read, for looking without a transaction. */
  readEntries(database: Database): Promise<readonly LedgerEntry[]>;
  /** One statement of its own: a start does not need it. `tables` are our table names, with prefix. */
  readConstraints(database: Database, tables: readonly string[]): Promise<readonly LiveConstraint[]>;
  tableExists(tx: Transaction, name: string): Script<boolean>;
  record(tx: Transaction, entry: LedgerEntry): Script<void>;
  /** Makes the summary that `probe` reads agree with the ledger's rows. */
  recordHeads(tx: Transaction, heads: Heads): Script<void>;
  /** Errors after which a migration is tried again. */
  mayRetry(error: unknown): boolean;
  /** The same steps as text, for a host's own migration tool. */
  exportText(parts: ExportParts): string[];
  /** One migration as statements for a migration tool, which says itself when a transaction begins and ends. */
  exportStep(step: ExportStep): string[];
}

/** A migration with the names in place, and the row of the ledger that records it. */
export interface ExportStep {
  readonly entry: Omit<LedgerEntry, "appliedAt">;
  readonly statements: readonly string[];
}

export interface ExportParts {
  readonly steps: readonly ExportStep[];
  /** False for a tool that opens the transaction itself. */
  readonly transaction: boolean;
}

/** The ledger's columns in both dialects: a table without them is not our ledger. */
export const ledgerColumns = ["module", "number", "name", "checksum", "compatible", "applied_at"] as const;

/** What the ledger's rows amount to, module by module. */
export function headsOf(
  entries: readonly Pick<LedgerEntry, "module" | "number" | "checksum" | "compatible">[],
): Heads {
  const heads: Record<string, ModuleHead> = {};
  for (const module of new Set(entries.map((entry) => entry.module))) {
    const own = entries.filter((entry) => entry.module === module).sort((a, b) => a.number - b.number);
    heads[module] = {
      version: own.at(-1)!.number,
      breaking: own.findLast((entry) => !entry.compatible)?.number ?? 0,
      digest: checksumDigest(own.map((entry) => entry.checksum)),
    };
  }
  return heads;
}
