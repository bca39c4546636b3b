import type { Namespace } from "../database/database.ts";
import { quoteIdentifier } from "../database/dialects/dialect.ts";
import type { ExportParts, ExportStep, LedgerEntry } from "./catalogue.ts";

/** What the text needs of the catalogue: its names, its lock and its ledger. */
export interface PostgresExportTarget {
  readonly namespace: Namespace;
  readonly ledger: string;
  readonly lockStatements: readonly string[];
  /** An expression that takes the lock of all migrators until the transaction ends. */
  readonly lock: string;
  readonly createLedger: string;
}

/** Migrations one after the other, for a client that sends statement by statement. */
export function exportPostgresText(
  { steps, transaction }: ExportParts,
  target: PostgresExportTarget,
): string[] {
  const { ledger } = target;
  const body = [
    ...target.lockStatements,
    doBlock([createSchema(target)]),
    ifNotExists(target.createLedger),
    ...steps.flatMap(({ entry, statements }) => [...statements, insertEntry(ledger, entry, "now()")]),
    doBlock([commentFromRows(ledger)]),
  ];
  return transaction ? ["begin isolation level read committed read write", ...body, "commit"] : body;
}

/**
 * One migration as one statement, so that it is applied whole or not at all however a migration tool sends it.
 * It does nothing where the ledger has the migration: a shadow database or a schema that the tool's reset left
 * as it was, or a database that `migrate` was there before. How long to wait for locks is the tool's to say.
 */
export function exportPostgresStep({ entry, statements }: ExportStep, target: PostgresExportTarget): string {
  const { ledger } = target;
  return doBlock([
    `perform ${target.lock};`,
    createSchema(target),
    `${ifNotExists(target.createLedger)};`,
    `if exists (select 1 from ${ledger} where module = ${literal(entry.module)} and number = ${String(entry.number)}) then return; end if;`,
    ...statements.map((statement) => `${inBlock(statement)};`),
    `${insertEntry(ledger, entry, "now()")};`,
    commentFromRows(ledger),
  ]);
}

// PL/pgSQL refuses a query whose result goes nowhere.
function inBlock(statement: string): string {
  return /^\s*(select|with|values|table)\b/i.test(statement) ? `execute ${literal(statement)}` : statement;
}

/** CREATE SCHEMA IF NOT EXISTS asks for the right to create schemas even where the schema exists. */
function createSchema({ namespace }: PostgresExportTarget): string {
  const { schema } = namespace;
  return `if not exists (select 1 from pg_catalog.pg_namespace where nspname = ${literal(schema)}) then create schema ${quoteIdentifier(schema)}; end if;`;
}

function ifNotExists(createTable: string): string {
  return createTable.replace("create table", "create table if not exists");
}

export function insertEntry(
  ledger: string,
  entry: Omit<LedgerEntry, "appliedAt">,
  appliedAt: string,
): string {
  const values = [
    literal(entry.module),
    String(entry.number),
    literal(entry.name),
    literal(entry.checksum),
    String(entry.compatible),
    appliedAt,
  ];
  return `insert into ${ledger} (module, number, name, checksum, compatible, applied_at) values (${values.join(", ")})`;
}

/** Computes the heads from the ledger's rows: exported text cannot know what else the database holds. */
function commentFromRows(ledger: string): string {
  return `execute format(${literal(`comment on table ${ledger.replaceAll("%", "%%")} is %L`)}, (
    select json_object_agg(module, json_build_object('version', version, 'breaking', breaking, 'digest', digest))
    from (
      select module, max(number) as version,
        coalesce(max(number) filter (where not compatible), 0) as breaking,
        substr(encode(sha256(convert_to(string_agg(checksum, ' ' order by number), 'UTF8')), 'hex'), 1, 16) as digest
      from ${ledger} group by module
    ) as heads
  ));`;
}

/** A block of PL/pgSQL, quoted by a tag that its text does not hold. */
function doBlock(statements: readonly string[]): string {
  const body = statements.join("\n\n");
  let tag = "$wispy$";
  for (let i = 1; body.includes(tag); i += 1) tag = `$wispy${String(i)}$`;
  return `do ${tag}\nbegin\n${body}\nend ${tag}`;
}

/** A string constant that is read the same whatever `standard_conforming_strings` says. */
export function literal(value: string): string {
  const quoted = value.replaceAll("'", "''");
  return quoted.includes("\\") ? ` E'${quoted.replaceAll("\\", "\\\\")}'` : `'${quoted}'`;
}
