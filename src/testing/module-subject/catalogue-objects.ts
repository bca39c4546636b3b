import type { HostDatabase } from "../host-database.ts";

/** Something that a database has: a column, an index, a trigger. */
export interface CatalogueObject {
  /** The schema on PostgreSQL. */
  readonly place: string;
  /** The table it belongs to, if there is one. */
  readonly relation: string;
  readonly kind: string;
  readonly name: string;
  readonly definition: string;
}

const visible = String.raw`n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;
const relations = `pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace and ${visible}`;

const postgresText = `
select n.nspname::text as place, c.relname::text as relation, 'column' as kind, a.attname::text as name,
    format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end as definition
  from ${relations} join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind in ('r', 'p', 'v', 'm', 'f')
union all select n.nspname::text, c.relname::text, 'constraint', k.conname::text, pg_get_constraintdef(k.oid)
  from ${relations} join pg_catalog.pg_constraint k on k.conrelid = c.oid
union all select n.nspname::text, c.relname::text, 'index', i.relname::text, pg_get_indexdef(x.indexrelid)
  from ${relations} join pg_catalog.pg_index x on x.indrelid = c.oid join pg_catalog.pg_class i on i.oid = x.indexrelid
union all select n.nspname::text, c.relname::text, 'trigger', t.tgname::text, ''
  from ${relations} join pg_catalog.pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal
union all select n.nspname::text, '', 'function', p.oid::regprocedure::text, ''
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace and ${visible}
union all select n.nspname::text, '', 'type', t.typname::text, ''
  from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace and ${visible}
  where t.typtype in ('e', 'd', 'r')
union all select n.nspname::text, '', 'schema', n.nspname::text, '' from pg_catalog.pg_namespace n where ${visible}
union all select '', '', 'extension', e.extname::text, '' from pg_catalog.pg_extension e`;

const sqliteText = `
select '' as place, m.name as relation, 'column' as kind, c.name as name,
    lower(c.type) || case when c."notnull" then ' not null' else '' end as definition
  from sqlite_master m join pragma_table_info(m.name) c where m.type in ('table', 'view')
union all select '', tbl_name, type, name, coalesce(sql, '') from sqlite_master`;

/** Everything in the database that somebody made, outside our namespace too. Sequences go with their columns. */
export async function readCatalogue(host: HostDatabase): Promise<readonly CatalogueObject[]> {
  const rows = await host.query(host.dialect === "postgres" ? postgresText : sqliteText);
  return rows.map((row) => row as unknown as CatalogueObject);
}

/** What one catalogue has and another has not. */
export function withoutObjects(
  objects: readonly CatalogueObject[],
  others: readonly CatalogueObject[],
): readonly CatalogueObject[] {
  const known = new Set(others.map(keyOf));
  return objects.filter((object) => !known.has(keyOf(object)));
}

function keyOf({ place, relation, kind, name, definition }: CatalogueObject): string {
  return JSON.stringify([place, relation, kind, name, definition]);
}
