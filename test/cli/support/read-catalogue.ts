import type { TestHost } from "../../support/test-host.ts";

/** Every table, column, index and constraint of ours in the default namespace, one line each, sorted. */
export async function readCatalogue(host: TestHost): Promise<readonly string[]> {
  const rows = await host.query(host.dialect === "postgres" ? postgresText : sqliteText);
  return rows.map((row) => String(row["line"]));
}

/** How often each migration stands in the ledger: `core/1` and so on. */
export async function readLedger(host: TestHost): Promise<readonly string[]> {
  const ledger = host.dialect === "postgres" ? "wispy.migrations" : "wispy_migrations";
  const rows = await host.query(`select module, number from ${ledger} order by module, number`);
  return rows.map((row) => `${String(row["module"])}/${String(row["number"])}`);
}

const postgresText = `
  select c.relname || ' ' || o.what as line
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = 'wispy'
  cross join lateral (
    select a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull as what
    from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and c.relkind = 'r'
    union all
    select pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid from pg_catalog.pg_index i where i.indrelid = c.oid
    union all
    select pg_get_constraintdef(k.oid) from pg_catalog.pg_constraint k where k.conrelid = c.oid
    union all
    select obj_description(c.oid, 'pg_class') where c.relname = 'migrations'
  ) as o
  order by line`;

const sqliteText = `
  select type || ' ' || name || ' ' || coalesce(sql, '') as line
  from sqlite_master where tbl_name like 'wispy\\_%' escape '\\' order by line`;
