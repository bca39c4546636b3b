import type { Database } from "../database/database.ts";
import type { TransactionScript } from "../database/script.ts";
import type { Clock } from "../clock.ts";
import { sqlState } from "../database/dialects/postgres-errors.ts";
import { AuthError } from "../errors.ts";
import { headsOf, type Catalogue, type LedgerEntry, type Probe } from "./catalogue.ts";
import { findDrift } from "./drift.ts";
import { allMigrations, catalogueOf, exportMigrations, ofModule, type SqlOptions } from "./export-sql.ts";
import { foreignTable } from "./foreign-table.ts";
import {
  createdTables,
  inDependencyOrder,
  migrationChecksum,
  migrationLabel,
  renderMigration,
  type ModuleMigration,
  type SchemaModule,
} from "./migration.ts";
import { editedMigration, findEdited, makePlan, type Plan } from "./plan.ts";

export interface SchemaManagerOptions {
  readonly database: Database;
  readonly modules: readonly SchemaModule[];
  readonly clock: Clock;
  /** Go on although the ledger holds migrations that this code does not know and that are not marked compatible. */
  readonly allowNewerSchema?: boolean;
}

/** One migration on its way; `migration` is a label such as `core/001-accounts`. */
export interface MigrationProgress {
  readonly migration: string;
  readonly state: "applying" | "applied" | "applied_elsewhere";
}

export interface SchemaStatus {
  readonly applied: readonly LedgerEntry[];
  readonly pending: readonly string[];
  readonly newer: Plan["newer"];
  readonly drift: readonly string[];
}

export interface PendingSqlOptions extends SqlOptions {
  /** Only what the database lacks; default all. */
  readonly pendingOnly?: boolean;
}

// Schema changes give way to the application's transactions after half a second, so that nothing queues behind them
// for longer, and try again: for about twenty seconds behind one long transaction.
const maxAttempts = 30;

/** Brings the tables of all modules to what the code expects, once, whoever else tries at the same time. */
export class SchemaManager {
  readonly modules: readonly SchemaModule[];
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #catalogue: Catalogue;
  readonly #allowNewer: boolean;

  constructor(options: SchemaManagerOptions) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#allowNewer = options.allowNewerSchema ?? false;
    this.modules = inDependencyOrder(options.modules);
    this.#catalogue = catalogueOf(options.database.dialect, options.database.namespace);
  }

  /**
   * Applies what is missing; one statement if nothing is. Each migration is one transaction, under a lock that
   * ends with it, and the ledger is read again under that lock.
   * @returns the differences found between the live tables and the expected ones
   * @throws AuthError `schema_pending` if this role may not create tables, `schema_newer`, `migration_edited`,
   *   `schema_foreign_table`, `migration_failed`
   */
  async migrate(onProgress: (progress: MigrationProgress) => void = () => undefined): Promise<SchemaReport> {
    let probe = await this.#probe();
    let plan = await this.#plan(probe);
    if (plan.pending.length > 0) {
      if (!probe.mayCreate) throw this.#pendingError(plan);
      for (const step of plan.pending) await this.#apply(step, { plan, onProgress });
      probe = await this.#probe();
      plan = await this.#plan(probe);
    }
    if (probe.mayCreate && (plan.pending.length > 0 || plan.edited.length > 0)) await this.#mendHeads();
    return { drift: this.#drift(probe), newer: plan.newer };
  }

  /** All rows are in the ledger, yet its summary says otherwise: somebody restored one without the other. */
  async #mendHeads(): Promise<void> {
    const catalogue = this.#catalogue;
    await this.#database.transaction(function* (tx) {
      yield* catalogue.lock(tx);
      yield* catalogue.recordHeads(tx, headsOf(yield* catalogue.entries(tx)));
    });
  }

  /**
   * Checks and changes nothing.
   * @throws AuthError `schema_pending`, `schema_newer`, `migration_edited`, `schema_drift`
   */
  async verify(): Promise<SchemaReport> {
    const probe = await this.#probe();
    const plan = await this.#plan(probe);
    if (plan.pending.length > 0) throw this.#pendingError(plan);
    const drift = this.#drift(probe);
    if (drift.length > 0) {
      throw new AuthError("schema_drift", {
        message: `The tables differ from what this code expects: ${drift.join("; ")}`,
        data: { differences: drift },
      });
    }
    return { drift, newer: plan.newer };
  }

  /** The labels of the migrations that `migrate` would apply, in order. */
  async pending(): Promise<readonly string[]> {
    return (await this.#plan(await this.#probe())).pending.map(migrationLabel);
  }

  async status(): Promise<SchemaStatus> {
    const probe = await this.#probe();
    const plan = await this.#plan(probe);
    const applied =
      Object.keys(probe.heads).length === 0 ? [] : await this.#catalogue.readEntries(this.#database);
    const drift = plan.pending.length === 0 ? this.#drift(probe) : [];
    return { applied, pending: plan.pending.map(migrationLabel), newer: plan.newer, drift };
  }

  /** The migrations as SQL for another tool; having run it, `migrate` finds nothing to do. */
  async sql(options: PendingSqlOptions = {}): Promise<string> {
    const { modules } = this;
    const { pending } =
      options.pendingOnly === true
        ? await this.#plan(await this.#probe())
        : { pending: allMigrations(modules) };
    return this.#sqlOf(ofModule(pending, { modules, module: options.module }), options.transaction ?? true);
  }

  #probe(): Promise<Probe> {
    const { prefix } = this.#database.namespace;
    const tables = this.modules.flatMap((module) => module.tables.map((table) => prefix + table.name));
    return this.#catalogue.probe(this.#database, tables);
  }

  async #plan(probe: Probe): Promise<Plan> {
    const plan = makePlan(probe.heads, { modules: this.modules, allowNewer: this.#allowNewer });
    if (plan.edited.length > 0) {
      const edited = findEdited(await this.#catalogue.readEntries(this.#database), this.modules);
      if (edited) throw editedMigration(edited);
    }
    return plan;
  }

  #drift(probe: Probe): string[] {
    const { dialect, namespace } = this.#database;
    return findDrift(probe, { modules: this.modules, dialect, namespace });
  }

  async #apply(
    step: ModuleMigration,
    { plan, onProgress }: { readonly plan: Plan; readonly onProgress: (progress: MigrationProgress) => void },
  ): Promise<void> {
    const migration = migrationLabel(step);
    onProgress({ migration, state: "applying" });
    try {
      const state = await this.#database.transaction(this.#applyScript(step), {
        maxAttempts,
        retryOn: (error) => this.#catalogue.mayRetry(error),
      });
      onProgress({ migration, state });
    } catch (error) {
      if (sqlState(error) === "42501") throw this.#pendingError(plan);
      if (error instanceof AuthError && error.code !== "database_error") throw error;
      throw new AuthError("migration_failed", {
        message: `Migration ${migration} failed; nothing of it was kept`,
        data: { migration },
        cause: error,
      });
    }
  }

  #applyScript(step: ModuleMigration): TransactionScript<"applied" | "applied_elsewhere"> {
    const { module, migration } = step;
    const catalogue = this.#catalogue;
    const database = this.#database;
    const appliedAt = this.#clock.now();
    return function* (tx) {
      yield* catalogue.lock(tx);
      yield* catalogue.ensureLedger(tx);
      const entries = yield* catalogue.entries(tx);
      const known = entries.find((entry) => entry.module === module && entry.number === migration.number);
      const checksum = migrationChecksum(migration);
      if (known && known.checksum !== checksum) throw editedMigration(step);
      if (known) return "applied_elsewhere";
      for (const table of createdTables(migration, catalogue.dialect.name)) {
        if (yield* catalogue.tableExists(tx, table)) throw foreignTable(database.namespace.prefix + table);
      }
      for (const statement of renderMigration(migration, {
        dialect: catalogue.dialect,
        namespace: database.namespace,
      })) {
        yield* tx.raw(statement);
      }
      const { number, name } = migration;
      const entry = { module, number, name, checksum, compatible: migration.compatible ?? false, appliedAt };
      yield* catalogue.record(tx, entry);
      yield* catalogue.recordHeads(tx, headsOf([...entries, entry]));
      return "applied";
    };
  }

  #pendingError({ pending }: Plan): AuthError {
    const migrations = pending.map(migrationLabel);
    return new AuthError("schema_pending", {
      message: `The database lacks ${migrations.join(", ")}. Run \`npx wispy-auth migrate\` with a role that may create tables, or the SQL in \`error.data.sql\``,
      data: { migrations, sql: this.#sqlOf(pending, true) },
    });
  }

  #sqlOf(migrations: readonly ModuleMigration[], transaction: boolean): string {
    const { namespace } = this.#database;
    return exportMigrations(migrations, { catalogue: this.#catalogue, namespace, transaction });
  }
}

/** What a start found besides missing migrations. */
export interface SchemaReport {
  readonly drift: readonly string[];
  readonly newer: Plan["newer"];
}
