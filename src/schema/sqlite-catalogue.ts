import type { Database, Namespace } from "../database/database.ts";
import { sqliteDialect } from "../database/dialects/sqlite.ts";
import { isAuthError } from "../errors.ts";
import {
  headsOf,
  ledgerColumns,
  type Catalogue,
  type ExportParts,
  type ExportStep,
  type LedgerEntry,
  type Probe,
} from "./catalogue.ts";
import { foreignTable } from "./foreign-table.ts";
import { readSqliteConstraints } from "./sqlite-constraints.ts";

export function sqliteCatalogue(namespace: Namespace): Catalogue {
  const ledgerName = `${namespace.prefix}migrations`;
  const ledger = sqliteDialect.tableName(namespace, "migrations");
  const entriesText = `select module, number, name, checksum, compatible, applied_at
  from ${ledger} order by module, number`;
  const createLedger = `create table if not exists ${ledger} (
  module text not null,
  number integer not null,
  name text not null,
  checksum text not null,
  compatible integer not null,
  applied_at integer not null,
  primary key (module, number)
) strict, without rowid`;
  const probeText = `select
  (select json_group_array(json_array(module, number, checksum, compatible)) from (select module, number, checksum, compatible from ${ledger} order by module, number)) as entries,
  (select json_group_array(json_array(m.name, c.name, lower(c.type), c."notnull"))
    from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name in (select value from json_each(?))) as columns,
  (select json_group_array(name) from sqlite_master where type = 'index' and tbl_name in (select value from json_each(?))) as indexes`;

  return {
    dialect: sqliteDialect,
    probe: (database, tables) => probe(database, { tables, probeText, ledgerName }),
    *lock() {
      // BEGIN IMMEDIATE has taken the write lock of the whole file.
    },
    *ensureLedger(tx) {
      yield* tx.raw(createLedger);
    },
    *entries(tx) {
      return (yield* tx.raw(entriesText)).map(readEntry);
    },
    async readEntries(database) {
      return (await database.query(entriesText)).map(readEntry);
    },
    readConstraints: readSqliteConstraints,
    *tableExists(tx, name) {
      const rows = yield* tx.raw(
        "select 1 from sqlite_master where type in ('table', 'view') and name = ? collate nocase",
        [namespace.prefix + name],
      );
      return rows.length > 0;
    },
    *record(tx, entry) {
      yield* tx.raw(insertEntry(ledger, entry, String(entry.appliedAt.getTime())));
    },
    *recordHeads() {
      // The rows themselves are read at every start.
    },
    mayRetry: () => false,
    exportText: (parts) => exportText(parts, { ledger, createLedger }),
    exportStep: (step) => [createLedger, ...statementsOf(step, ledger)],
  };
}

async function probe(
  database: Database,
  {
    tables,
    probeText,
    ledgerName,
  }: { readonly tables: readonly string[]; readonly probeText: string; readonly ledgerName: string },
): Promise<Probe> {
  const names = JSON.stringify(tables);
  const ask = async (): Promise<Probe> => readProbe((await database.query(probeText, [names, names]))[0]!);
  try {
    return await ask();
  } catch (error) {
    // A database we were never in has no ledger to read. Asked only now, so that a usual start is one statement.
    if (!isAuthError(error, "database_error")) throw error;
    const columns = await database.query("select name from pragma_table_info(?)", [ledgerName]);
    if (columns.length === 0) return { heads: {}, columns: [], indexes: [], mayCreate: true };
    const found = new Set(columns.map(([name]) => name));
    if (!ledgerColumns.every((name) => found.has(name))) throw foreignTable(ledgerName);
    // Another process made it between the two questions.
    return ask();
  }
}

// unixepoch('subsec') came with SQLite 3.42; the tool that runs the text may be older.
const nowInMilliseconds = "cast((julianday('now') - 2440587.5) * 86400000 as integer)";

function exportText(
  { steps, transaction }: ExportParts,
  { ledger, createLedger }: { ledger: string; createLedger: string },
): string[] {
  const body = [createLedger, ...steps.flatMap((step) => statementsOf(step, ledger))];
  return transaction ? ["begin immediate", ...body, "commit"] : body;
}

function statementsOf({ entry, statements }: ExportStep, ledger: string): string[] {
  return [...statements, insertEntry(ledger, entry, nowInMilliseconds)];
}

function insertEntry(ledger: string, entry: Omit<LedgerEntry, "appliedAt">, appliedAt: string): string {
  const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
  const values = [
    text(entry.module),
    String(entry.number),
    text(entry.name),
    text(entry.checksum),
    entry.compatible ? "1" : "0",
    appliedAt,
  ];
  return `insert into ${ledger} (module, number, name, checksum, compatible, applied_at) values (${values.join(", ")})`;
}

function readProbe(row: readonly unknown[]): Probe {
  const entries = JSON.parse(row[0] as string) as [string, number, string, number][];
  const columns = JSON.parse(row[1] as string) as [string, string, string, number][];
  const indexes = JSON.parse(row[2] as string) as string[];
  return {
    heads: headsOf(
      entries.map(([module, number, checksum, compatible]) => ({
        module,
        number,
        checksum,
        compatible: compatible === 1,
      })),
    ),
    columns: columns.map(([table, column, type, notNull]) => ({
      table,
      column,
      type,
      notNull: notNull === 1,
    })),
    indexes: indexes.map((name) => ({ name, valid: true })),
    mayCreate: true,
  };
}

function readEntry(row: readonly unknown[]): LedgerEntry {
  return {
    module: row[0] as string,
    number: Number(row[1]),
    name: row[2] as string,
    checksum: row[3] as string,
    compatible: Number(row[4]) === 1,
    appliedAt: new Date(Number(row[5])),
  };
}
