import { AuthError } from "../errors.ts";
import type { Heads, LedgerEntry } from "./catalogue.ts";
import {
  checksumDigest,
  migrationChecksum,
  migrationLabel,
  type ModuleMigration,
  type SchemaModule,
} from "./migration.ts";

/** What stands between a database and the code. */
export interface Plan {
  /** To be applied, in order. */
  readonly pending: readonly ModuleMigration[];
  /** Modules whose ledger is ahead of the code; all of their extra migrations are compatible, or allowed. */
  readonly newer: readonly { readonly module: string; readonly known: number; readonly found: number }[];
  /** Modules whose applied migrations are not, to the letter, those of the code. */
  readonly edited: readonly string[];
}

/**
 * Compares the ledger's heads with the modules' migrations.
 * @throws AuthError `schema_newer` for a ledger ahead of the code by a migration the code cannot work with
 */
export function makePlan(
  heads: Heads,
  { modules, allowNewer }: { readonly modules: readonly SchemaModule[]; readonly allowNewer: boolean },
): Plan {
  const pending: ModuleMigration[] = [];
  const newer: { module: string; known: number; found: number }[] = [];
  const edited: string[] = [];
  for (const { name: module, migrations } of modules) {
    const head = heads[module];
    const known = migrations.length;
    if (head && head.version > known) {
      if (head.breaking > known && !allowNewer) throw newerSchema({ module, known, found: head.version });
      newer.push({ module, known, found: head.version });
      continue;
    }
    const applied = head?.version ?? 0;
    const digest = checksumDigest(migrations.slice(0, applied).map(migrationChecksum));
    if (head && head.digest !== digest) edited.push(module);
    for (const migration of migrations.slice(applied)) pending.push({ module, migration });
  }
  return { pending, newer, edited };
}

/** The applied migration that differs from the code's, or `null` if the ledger's rows agree with it after all. */
export function findEdited(
  entries: readonly LedgerEntry[],
  modules: readonly SchemaModule[],
): ModuleMigration | null {
  for (const { name: module, migrations } of modules) {
    for (const migration of migrations) {
      const entry = entries.find((other) => other.module === module && other.number === migration.number);
      if (entry && entry.checksum !== migrationChecksum(migration)) return { module, migration };
    }
  }
  return null;
}

export function editedMigration(edited: ModuleMigration): AuthError {
  const migration = migrationLabel(edited);
  return new AuthError("migration_edited", {
    message: `Migration ${migration} was changed after it had been applied to this database; add a new migration instead`,
    data: { migration },
  });
}

function newerSchema(data: { module: string; known: number; found: number }): AuthError {
  return new AuthError("schema_newer", {
    message: `The tables of module ${data.module} are at version ${String(data.found)}; this code knows ${String(data.known)} and cannot work with them. Update it, or set allowNewerSchema`,
    data,
  });
}
