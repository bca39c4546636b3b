import type { Database } from "../../database/database.ts";
import { ok, type Check } from "../check.ts";
import { lookUp } from "../look-up.ts";
import { tableNames } from "../schema/schema-facts.ts";
import { sqliteAffinity } from "./sqlite-affinity.ts";

/** A column that is called as if it held a user's id. */
interface UserIdColumn {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

const shown = 5;

/** Columns called user_id or userId, without a foreign key, of a type that holds no id of ours. */
export const userIdColumns: Check = {
  id: "user-id-columns",
  title: "Whether columns named after a user's id can hold one of ours",
  dialects: ["postgres", "sqlite"],
  async run({ database, settings: { modules } }) {
    const ours = tableNames(modules, database.namespace);
    const columns =
      database.dialect === "postgres"
        ? await readPostgres(database, ours)
        : (await readSqlite(database, ours)).filter(({ type }) => sqliteAffinity(type) !== "text");
    if (columns.length === 0) return ok("No column called user_id has a type that our ids do not fit");
    const named = columns
      .slice(0, shown)
      .map(({ table, column, type }) => `${table}.${column} is ${type === "" ? "without a type" : type}`);
    const more = columns.length > shown ? ` and ${String(columns.length - shown)} more` : "";
    const own = database.dialect === "postgres" ? "uuid" : "text";
    return [
      {
        severity: "info",
        message: `${named.join(", ")}${more}; ids of our users are ${own}`,
        fix: `If it means our users: ${own} references ${database.table("users")} (id) on delete cascade`,
        data: { columns },
      },
    ];
  },
};

// Where the application has users of its own in the same schema, the column means those.
function readPostgres(database: Database, ours: readonly string[]): Promise<readonly UserIdColumn[]> {
  return lookUp<UserIdColumn>(
    database,
    `select n.nspname || '.' || c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type
    from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
      and lower(a.attname) in ('user_id', 'userid')
      and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
      and not (n.nspname = $1::text and c.relname in (select json_array_elements_text($2::json)))
      and format_type(a.atttypid, null) not in ('uuid', 'text', 'character varying', 'character')
      and not exists (select 1 from pg_catalog.pg_constraint k
        where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any(k.conkey))
      and not exists (select 1 from pg_catalog.pg_class u
        where u.relnamespace = n.oid and lower(u.relname) in ('user', 'users') and n.nspname <> $1::text)
    order by 1, 2`,
    [database.namespace.schema, JSON.stringify(ours)],
  );
}

async function readSqlite(database: Database, ours: readonly string[]): Promise<readonly UserIdColumn[]> {
  const rows = await database.query(
    `select m.name as table_name, c.name as column_name, c.type as column_type
    from sqlite_master m join pragma_table_info(m.name) c
    where m.type = 'table' and lower(c.name) in ('user_id', 'userid')
      and m.name not in (select value from json_each(?))
      and not exists (select 1 from pragma_foreign_key_list(m.name) k where k."from" = c.name collate nocase)
      and not exists (select 1 from sqlite_master u where u.type in ('table', 'view') and lower(u.name) in ('user', 'users'))
    order by m.name, c.cid`,
    [JSON.stringify(ours)],
  );
  return rows.map(([table, column, type]) => ({
    table: table as string,
    column: column as string,
    type: (type as string).toLowerCase(),
  }));
}
