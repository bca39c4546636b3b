import { systemClock, type Clock } from "../clock.ts";
import type { RowAdoption } from "../contract/adoption.ts";
import type { Module } from "../contract/module.ts";
import { coreSchema } from "../core/migrations/core-schema.ts";
import { connect } from "../database/connect.ts";
import type { Database } from "../database/database.ts";
import type { NamespaceOption } from "../database/namespace.ts";
import { AuthError } from "../errors.ts";
import { SchemaManager } from "../schema/schema-manager.ts";
import { findSource, insertSource } from "./adopt-statements.ts";
import { composeReport, type AdoptReport } from "./adopt-report.ts";
import type { Adoption, AdoptProgress } from "./adoption.ts";
import { carryAccounts } from "./carry-accounts.ts";
import { carryEvents, type EventCounts } from "./carry-events.ts";
import { findEarlier, type Earlier } from "./find-earlier.ts";
import { findSharedAddresses } from "./find-shared-addresses.ts";
import type { Judgement } from "./judge-account.ts";
import { addAdoptedRows } from "./migrations/002-adopted-rows.ts";
import { adoptSchema } from "./migrations/adopt-schema.ts";
import { mappingFor, rowMappingFor } from "./old/mapping.ts";
import { countOldRows } from "./old/old-counts.ts";
import { findOldTables, type OldPlace } from "./old/old-tables.ts";
import { findRowAdoptions, lookAtRows, takeRows, type RowsReport } from "./rows/adopt-rows.ts";
import { surveyAccounts } from "./survey-accounts.ts";
import { surveyEvents } from "./survey-events.ts";
import type { Tally } from "./tally.ts";

/** How to adopt, whatever the database. */
export interface AdoptSettings {
  /** Where the old tables are. Default: the schema `public`, without a prefix. */
  readonly from?: OldPlace;
  /** Default false: nothing is written, and the report says what would be. */
  readonly apply?: boolean;
  /** Write nothing at all if there is anything to list. Default false. */
  readonly strict?: boolean;
  /** Take over the security events too. Default true. */
  readonly events?: boolean;
  /** Leave accounts with a second factor open to their password alone. Default false: they come disabled. */
  readonly withoutSecondFactor?: boolean;
  /**
   * Modules that have something to take over, as for `createAuth`. Their own tables must be there (`wispy-auth migrate`):
   * until then, what is theirs waits. Default none.
   */
  readonly modules?: readonly Module[];
  /** Accounts, rows of modules, or events, in one transaction: 1 to 5000, default 500. */
  readonly batchSize?: number;
  readonly clock?: Clock;
  readonly onProgress?: (progress: AdoptProgress) => void;
}

export interface AdoptOptions<Native = unknown> extends AdoptSettings {
  /** As for `createAuth`: the application's own handle, or a URL. */
  readonly database: Native | string;
  /** The one that `createAuth` is given. */
  readonly namespace?: NamespaceOption;
}

/**
 * Takes over the accounts of the Go library wispy-auth (its commit 89e856b) that are in the same database, and what
 * `modules` take over of the rest. The old
 * tables are read and never written. With `apply`, our tables are brought up to date first, and the table
 * `adopted_users` says from then on which old account became which of ours. It can be broken off at any moment and
 * run again, also two at once: what is adopted already is left as it is.
 *
 * Accounts that cannot be adopted as they are do not stop the others; they are listed in `findings`, `heldBack`.
 * @throws AuthError `configuration_invalid` if the old tables are not there; and what `connect` and the schema
 *   manager throw
 * @example
 * const { accounts, findings } = await adopt({ database: pool }); // a dry run
 */
export async function adopt<Native = unknown>(options: AdoptOptions<Native>): Promise<AdoptReport> {
  const { database: source, namespace, ...settings } = options;
  const database = await connect(source, { namespace });
  try {
    return await adoptInto(database, settings);
  } finally {
    await database.close();
  }
}

/** The same on a handle that is open. */
export async function adoptInto(database: Database, settings: AdoptSettings): Promise<AdoptReport> {
  const run = await prepareRun(database, settings);
  const shared = await findSharedAddresses(run.adoption);
  const judgement: Judgement = {
    now: run.adoption.clock.now(),
    shared,
    withoutSecondFactor: settings.withoutSecondFactor ?? false,
  };
  const { apply = false, strict = false } = settings;
  if (!apply || strict) {
    const report = await look(run, judgement);
    if (!apply || report.findings.length > 0) return report;
  }
  return write(run, judgement);
}

interface Run {
  readonly adoption: Adoption;
  readonly schema: SchemaManager;
  /** Whether our own tables are there, or their mapping at least. */
  readonly has: { readonly core: boolean; readonly mapping: boolean };
  readonly rowAdoptions: readonly RowAdoption[];
  readonly withEvents: boolean;
}

async function prepareRun(database: Database, settings: AdoptSettings): Promise<Run> {
  const { clock = systemClock, batchSize = 500, modules = [] } = settings;
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > 5000) {
    throw new AuthError("configuration_invalid", {
      message: "batchSize must be a whole number from 1 to 5000",
    });
  }
  const others = modules.flatMap(({ adoption = [] }) => adoption.map(({ table }) => table));
  const old = await findOldTables(database, { place: settings.from, others });
  const schema = new SchemaManager({ database, clock, modules: [coreSchema, adoptSchema] });
  const { applied } = await schema.status();
  const has = (name: string, first = 1): boolean =>
    applied.some(({ module, number }) => module === name && number === first);
  const mapping = has(adoptSchema.name);
  const mappings = {
    mapping: mappingFor(database, mapping),
    rowMapping: rowMappingFor(database, has(adoptSchema.name, addAdoptedRows.number)),
  };
  const onProgress = settings.onProgress ?? (() => undefined);
  return {
    adoption: { database, old, clock, batchSize, onProgress, ...mappings },
    schema,
    has: { core: has(coreSchema.name), mapping },
    rowAdoptions: findRowAdoptions(modules, { old, applied }),
    withEvents: settings.events ?? true,
  };
}

const noEvents: EventCounts = { adopted: 0, leftBehind: {} };

/** Reads and writes nothing. */
async function look(
  { adoption, has, rowAdoptions, withEvents }: Run,
  judgement: Judgement,
): Promise<AdoptReport> {
  const { database, old } = adoption;
  const earlier = await findEarlier(adoption);
  const { tally, planned } = await surveyAccounts(adoption, { judgement, hasOwnTables: has.core });
  const rows = await lookAtRows(adoption, { adoptions: rowAdoptions, accounts: planned });
  const source = has.mapping ? await database.maybeOne(findSource, { source: old.source }) : null;
  const events = withEvents
    ? await surveyEvents(adoption, {
        anonymousAfter: source?.anonymousEventsTo ?? 0,
        heldBack: tally.findings.filter(({ heldBack }) => heldBack).map(({ oldId }) => oldId),
      })
    : noEvents;
  return reportOf({ adoption, rowAdoptions, earlier, tally, rows, events, applied: false });
}

async function write(
  { adoption: planned, schema, rowAdoptions, withEvents }: Run,
  judgement: Judgement,
): Promise<AdoptReport> {
  await schema.migrate();
  const { database, old } = planned;
  const mappings = { mapping: mappingFor(database, true), rowMapping: rowMappingFor(database, true) };
  const adoption = { ...planned, ...mappings };
  const earlier = await findEarlier(adoption);
  await database.run(insertSource, { source: old.source, anonymousEventsTo: 0 });
  const tally = await carryAccounts(adoption, judgement);
  const rows = await takeRows(adoption, rowAdoptions);
  const events = withEvents ? await carryEvents(adoption) : noEvents;
  return reportOf({ adoption, rowAdoptions, earlier, tally, rows, events, applied: true });
}

async function reportOf(parts: {
  readonly adoption: Adoption;
  readonly rowAdoptions: readonly RowAdoption[];
  readonly earlier: Earlier;
  readonly tally: Tally;
  readonly rows: RowsReport;
  readonly events: EventCounts;
  readonly applied: boolean;
}): Promise<AdoptReport> {
  const { adoption, rowAdoptions, earlier, tally, rows, events, applied } = parts;
  const { database, old } = adoption;
  return composeReport({
    applied,
    source: old.source,
    counts: await countOldRows(database, { old, taken: new Set(rowAdoptions.map(({ table }) => table)) }),
    accounts: tally.counts,
    adoptedBefore: earlier.count,
    rows: rows.rows,
    events,
    findings: [...tally.findings, ...earlier.changed, ...rows.findings],
  });
}
