import { createHash } from "node:crypto";
import type { Namespace } from "../database/database.ts";
import { quoteIdentifier } from "../database/dialects/dialect.ts";
import { sqlState } from "../database/dialects/postgres-errors.ts";
import { postgresDialect } from "../database/dialects/postgres.ts";
import { DriverFailure } from "../database/execution/driver-failure.ts";
import { ledgerColumns, type Catalogue, type Heads, type LedgerEntry, type Probe } from "./catalogue.ts";
import { exportPostgresStep, exportPostgresText, insertEntry, literal } from "./export-postgres.ts";
import { foreignTable } from "./foreign-table.ts";
import { readPostgresConstraints } from "./postgres-constraints.ts";

// pg_class rather than information_schema, which hides what the role cannot read. The heads travel as the
// ledger's comment, so that a database without our tables answers with NULL instead of an error.
const probeText = `select pg_backend_pid() as pid,
  case when n.oid is null then has_database_privilege(current_database(), 'create')
    else has_schema_privilege(n.oid, 'create') end as may_create,
  (select obj_description(c.oid, 'pg_class') from pg_catalog.pg_class c
    where c.relnamespace = n.oid and c.relname = $2 and c.relkind = 'r') as heads,
  (select coalesce(json_agg(json_build_array(c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull)), '[]')::text
    from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = n.oid and c.relkind in ('r', 'p') and c.relname in (select json_array_elements_text($3::json))) as columns,
  (select coalesce(json_agg(json_build_array(i.relname, x.indisvalid)), '[]')::text
    from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid join pg_catalog.pg_class c on c.oid = x.indrelid
    where c.relnamespace = n.oid and c.relname in (select json_array_elements_text($3::json))) as indexes
from (select 1) as one left join pg_catalog.pg_namespace n on n.nspname = $1`;

// Is there the schema, is there the ledger, and how many of our columns has it?
const ledgerText = `select n.oid is not null as has_schema, c.oid is not null as has_ledger,
  (select count(*) from pg_catalog.pg_attribute a
    where a.attrelid = c.oid and a.attname in (${ledgerColumns.map(literal).join(", ")})) as ledger_columns
from (select 1) as one left join pg_catalog.pg_namespace n on n.nspname = $1
  left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = $2`;

// Somebody's DDL outside our lock, or a lock we waited for too long: all pass.
const retryable = new Set(["55P03", "57014", "23505", "42P07", "42710", "42P06", "XX000"]);

export function postgresCatalogue(namespace: Namespace): Catalogue {
  const schema = quoteIdentifier(namespace.schema);
  const ledgerName = `${namespace.prefix}migrations`;
  const ledger = postgresDialect.tableName(namespace, "migrations");
  const createLedger = createLedgerText(namespace);
  const entriesText = `select module, number, name, checksum, compatible,
  (extract(epoch from applied_at) * 1000)::int8 as applied_at from ${ledger} order by module, number`;
  const lock = `pg_advisory_xact_lock(${lockKey(namespace)})`;
  const lockStatements = [
    "set local lock_timeout = '30s'",
    // Cast, since some packages cannot read a void.
    `select ${lock}::text`,
    // From here on every lock is one that the application's statements would queue behind.
    "set local lock_timeout = '500ms'",
  ];
  const exportTarget = { namespace, ledger, lock, lockStatements, createLedger };

  return {
    dialect: postgresDialect,
    async probe(database, tables) {
      const values = [namespace.schema, ledgerName, JSON.stringify(tables)];
      const [row] = await database.inspect(probeText, values);
      return readProbe(row!);
    },
    *lock(tx) {
      for (const statement of lockStatements) yield* tx.raw(statement);
    },
    *ensureLedger(tx) {
      const [found] = yield* tx.raw(ledgerText, [namespace.schema, ledgerName]);
      if (!isTrue(found![0])) yield* tx.raw(`create schema ${schema}`);
      if (!isTrue(found![1])) yield* tx.raw(createLedger);
      else if (Number(found![2]) !== ledgerColumns.length) throw foreignTable(ledgerName);
    },
    *entries(tx) {
      return (yield* tx.raw(entriesText)).map(readEntry);
    },
    async readEntries(database) {
      return (await database.query(entriesText)).map(readEntry);
    },
    readConstraints: (database, tables) => readPostgresConstraints(database, { namespace, tables }),
    *tableExists(tx, name) {
      const rows = yield* tx.raw(
        "select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2",
        [namespace.schema, namespace.prefix + name],
      );
      return rows.length > 0;
    },
    *record(tx, entry) {
      yield* tx.raw(insertEntry(ledger, entry, `${literal(entry.appliedAt.toISOString())}::timestamptz`));
    },
    *recordHeads(tx, heads) {
      yield* tx.raw(`comment on table ${ledger} is ${literal(JSON.stringify(heads))}`);
    },
    mayRetry,
    exportText: (parts) => exportPostgresText(parts, exportTarget),
    exportStep: (step) => [exportPostgresStep(step, exportTarget)],
  };
}

function createLedgerText(namespace: Namespace): string {
  return `create table ${postgresDialect.tableName(namespace, "migrations")} (
  module text not null,
  number integer not null,
  name text not null,
  checksum text not null,
  compatible boolean not null,
  applied_at timestamptz not null,
  constraint ${quoteIdentifier(`${namespace.prefix}migrations_pkey`)} primary key (module, number)
)`;
}

function mayRetry(error: unknown): boolean {
  // A connection that ended while COMMIT was under way: the ledger, read again, tells whether it happened.
  const lost = error instanceof DriverFailure && error.failure.kind === "lost";
  return lost || retryable.has(sqlState(error) ?? "");
}

/** 64 bits of a hash over the namespace; advisory locks are per database already. */
function lockKey({ schema, prefix }: Namespace): string {
  return createHash("sha256").update(`wispy-auth:${schema}:${prefix}`).digest().readBigInt64BE(0).toString();
}

function readProbe(row: readonly unknown[]): Probe {
  const columns = JSON.parse(row[3] as string) as [string, string, string, boolean][];
  const indexes = JSON.parse(row[4] as string) as [string, boolean][];
  return {
    mayCreate: isTrue(row[1]),
    heads: readHeads(row[2] as string | null),
    columns: columns.map(([table, column, type, notNull]) => ({ table, column, type, notNull })),
    indexes: indexes.map(([name, valid]) => ({ name, valid })),
  };
}

/** The summary, or none: somebody may have put a comment of their own in its place. */
function readHeads(comment: string | null): Heads {
  try {
    const heads = JSON.parse(comment ?? "{}") as Partial<Heads> | null;
    const isHead = (head: Heads[string] | undefined): boolean =>
      Number.isInteger(head?.version) && Number.isInteger(head?.breaking) && typeof head?.digest === "string";
    return heads !== null && Object.values(heads).every(isHead) ? (heads as Heads) : {};
  } catch {
    return {};
  }
}

function readEntry(row: readonly unknown[]): LedgerEntry {
  return {
    module: row[0] as string,
    number: Number(row[1]),
    name: row[2] as string,
    checksum: row[3] as string,
    compatible: isTrue(row[4]),
    appliedAt: new Date(Number(row[5])),
  };
}

function isTrue(value: unknown): boolean {
  return value === true || value === "t" || value === "true";
}
