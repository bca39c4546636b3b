import type { Database, Namespace } from "../../database/database.ts";
import { headsOf, type Catalogue, type LedgerEntry, type Probe } from "../../schema/catalogue.ts";
import { catalogueOf } from "../../schema/export-sql.ts";
import { inDependencyOrder, type SchemaModule } from "../../schema/migration.ts";
import { makePlan, type Plan } from "../../schema/plan.ts";

/** What the checks of the schema share. */
export interface SchemaFacts {
  readonly catalogue: Catalogue;
  readonly modules: readonly SchemaModule[];
  readonly probe: Probe;
  /** By the ledger's rows if they can be read, otherwise by its summary. */
  readonly plan: Plan;
  /** By the summary alone: what a start goes by. */
  readonly planOfSummary: Plan;
  /** `null` where there is no ledger, or this role may not read it. */
  readonly entries: readonly LedgerEntry[] | null;
  /** The modules whose tables are as this version knows them: nothing is pending, nothing newer. */
  readonly settled: readonly SchemaModule[];
}

/** Two statements, three with a ledger. */
export async function readSchemaFacts(
  database: Database,
  installed: readonly SchemaModule[],
): Promise<SchemaFacts> {
  const modules = inDependencyOrder(installed);
  const catalogue = catalogueOf(database.dialect, database.namespace);
  const probe = await catalogue.probe(database, tableNames(modules, database.namespace));
  // Newer is for a check to tell of, not a reason to look no further.
  const options = { modules, allowNewer: true };
  const planOfSummary = makePlan(probe.heads, options);
  const entries = await readEntries(catalogue, database);
  const plan = entries === null ? planOfSummary : makePlan(headsOf(entries), options);
  const unsettled = new Set([
    ...plan.pending.map(({ module }) => module),
    ...plan.newer.map(({ module }) => module),
  ]);
  const settled = modules.filter(({ name }) => !unsettled.has(name));
  return { catalogue, modules, probe, plan, planOfSummary, entries, settled };
}

/** The rows are asked for even where the summary says that nothing was applied: it may have been lost. */
async function readEntries(catalogue: Catalogue, database: Database): Promise<readonly LedgerEntry[] | null> {
  try {
    return await catalogue.readEntries(database);
  } catch {
    return null;
  }
}

/** The names of our tables, with prefix. */
export function tableNames(modules: readonly SchemaModule[], { prefix }: Namespace): string[] {
  return modules.flatMap(({ tables }) => tables.map(({ name }) => prefix + name));
}
