import type { Database } from "../../database/database.ts";
import type { SchemaModule } from "../../schema/migration.ts";
import { onDeleteActions } from "../../schema/postgres-constraints.ts";
import { lookUp } from "../look-up.ts";
import { tableNames } from "../schema/schema-facts.ts";

/** A foreign key of the application's tables that points at one of ours. */
export interface HostReference {
  /** Qualified on PostgreSQL. As people read it. */
  readonly table: string;
  /** The same as SQL reads it. */
  readonly quotedTable: string;
  /** `null` on SQLite, which does not tell. */
  readonly name: string | null;
  readonly columns: readonly string[];
  /** As declared. */
  readonly types: readonly string[];
  /** True if one of the columns is NOT NULL. */
  readonly notNull: boolean;
  /** One of ours, with prefix. */
  readonly target: string;
  readonly targetColumns: readonly string[];
  /** In lower case: `no action`, `restrict`, `cascade`, `set null`, `set default`. */
  readonly onDelete: string;
}

/** One statement. Those between our own tables are left out. */
export function readHostReferences(
  database: Database,
  modules: readonly SchemaModule[],
): Promise<readonly HostReference[]> {
  const tables = tableNames(modules, database.namespace);
  return database.dialect === "postgres" ? readPostgres(database, tables) : readSqlite(database, tables);
}

// A partition's foreign key is its parent's.
const postgresText = `select n.nspname || '.' || c.relname as table, format('%I.%I', n.nspname, c.relname) as "quotedTable",
  k.conname as name, t.relname as target, k.confdeltype as "onDelete",
  (select json_agg(a.attname order by o.position) from unnest(k.conkey) with ordinality as o (number, position)
    join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = o.number) as columns,
  (select json_agg(format_type(a.atttypid, a.atttypmod) order by o.position)
    from unnest(k.conkey) with ordinality as o (number, position)
    join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = o.number) as types,
  (select bool_or(a.attnotnull) from pg_catalog.pg_attribute a
    where a.attrelid = k.conrelid and a.attnum = any(k.conkey)) as "notNull",
  (select json_agg(a.attname order by o.position) from unnest(k.confkey) with ordinality as o (number, position)
    join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = o.number) as "targetColumns"
from pg_catalog.pg_constraint k
  join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_class t on t.oid = k.confrelid join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
where k.contype = 'f' and k.conparentid = 0 and tn.nspname = $1::text
  and t.relname in (select json_array_elements_text($2::json))
  and not (n.oid = tn.oid and c.relname in (select json_array_elements_text($2::json)))
order by 1, 3`;

async function readPostgres(
  database: Database,
  tables: readonly string[],
): Promise<readonly HostReference[]> {
  const values = [database.namespace.schema, JSON.stringify(tables)];
  const rows = await lookUp<HostReference>(database, postgresText, values);
  return rows.map((row) => ({ ...row, onDelete: onDeleteActions[row.onDelete] ?? row.onDelete }));
}

// "to" is NULL where the declaration names no columns: the primary key is meant.
const sqliteText = `select m.name as table_name, k.id as id, k."from" as column_name, k."table" as target, k."to" as target_column,
  lower(k.on_delete) as on_delete, c.type as column_type, c."notnull" as not_null
from sqlite_master m join pragma_foreign_key_list(m.name) k join pragma_table_info(m.name) c on c.name = k."from" collate nocase
where m.type = 'table' and k."table" collate nocase in (select value from json_each(?))
  and m.name collate nocase not in (select value from json_each(?))
order by m.name, k.id, k.seq`;

async function readSqlite(database: Database, tables: readonly string[]): Promise<readonly HostReference[]> {
  const names = JSON.stringify(tables);
  const rows = await database.query(sqliteText, [names, names]);
  const keys = new Map<string, HostReference>();
  for (const [table, id, column, target, targetColumn, onDelete, type, notNull] of rows) {
    const key = JSON.stringify([table, id]);
    const before = keys.get(key);
    keys.set(key, {
      table: table as string,
      quotedTable: table as string,
      name: null,
      columns: [...(before?.columns ?? []), column as string],
      types: [...(before?.types ?? []), (type as string).toLowerCase()],
      notNull: before?.notNull === true || Number(notNull) === 1,
      target: (target as string).toLowerCase(),
      targetColumns: [...(before?.targetColumns ?? []), (targetColumn as string | null) ?? "id"],
      onDelete: onDelete as string,
    });
  }
  return [...keys.values()];
}

/** `shop.orders (user_id)`. */
export function describeReference({ table, columns }: HostReference): string {
  return `${table} (${columns.join(", ")})`;
}
