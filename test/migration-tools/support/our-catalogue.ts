import type { Namespace } from "../../../src/database/database.ts";
import type { TestHost } from "../../support/test-host.ts";

/** Every table, column, index, constraint and comment of ours, one line each, sorted; and the ledger's rows. */
export async function readOurCatalogue(host: TestHost, { schema, prefix }: Namespace): Promise<string[]> {
  const ledger = host.dialect === "postgres" ? `"${schema}"."${prefix}migrations"` : `"${prefix}migrations"`;
  const entries = await host.query(
    `select module, number, name, checksum, compatible from ${ledger} order by module, number`,
  );
  const lines =
    host.dialect === "postgres"
      ? await host.query(postgresText, [schema, prefix])
      : await host.query(sqliteText, [prefix]);
  return [
    ...entries.map((entry) => JSON.stringify(entry)),
    ...lines.map(({ line }) => readLine(line)).sort(),
  ];
}

// Laid out as it was typed: only the words count.
function readLine(line: unknown): string {
  return String(line).replaceAll(/\s+/g, " ");
}

const postgresText = `
  select c.relname || ' ' || o.what as line
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = $1
  cross join lateral (
    select concat_ws(' ', a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull) as what
    from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    union all
    select pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid from pg_catalog.pg_index i where i.indrelid = c.oid
    union all
    select k.conname || ' ' || pg_get_constraintdef(k.oid) from pg_catalog.pg_constraint k where k.conrelid = c.oid
    union all
    select coalesce(c.reloptions::text, 'no options')
    union all
    select obj_description(c.oid, 'pg_class')::jsonb::text where c.relname = $2 || 'migrations'
  ) as o
  where c.relkind = 'r' and starts_with(c.relname, $2)`;

const sqliteText = `
  select type || ' ' || name || ' ' || coalesce(sql, '') as line
  from sqlite_master where substr(tbl_name, 1, length($1)) = $1`;
