import type { Database } from "../database/database.ts";
import type { LiveConstraint } from "./constraints.ts";

const text = `select m.name as table_name, m.sql as table_sql,
  (select json_group_array(name) from (select name from pragma_table_info(m.name) where pk > 0 order by pk)) as primary_key,
  (select json_group_array(json_array(id, "from", "table", on_delete))
    from (select id, "from", "table", on_delete from pragma_foreign_key_list(m.name) order by id, seq)) as foreign_keys,
  (select json_group_array(json_array(index_name, column_name))
    from (select i.name as index_name, c.name as column_name
      from pragma_index_list(m.name) i join pragma_index_info(i.name) c where i.origin = 'u' order by i.name, c.seqno)) as uniques
from sqlite_master m where m.type = 'table' and m.name in (select value from json_each(?))`;

const checks = /constraint\s+(?:"((?:[^"]|"")*)"|(\w+))\s+check\b/gi;

/** One statement; `tables` are our table names, with prefix. The names of checks stand in the table's text alone. */
export async function readSqliteConstraints(
  database: Database,
  tables: readonly string[],
): Promise<readonly LiveConstraint[]> {
  const rows = await database.query(text, [JSON.stringify(tables)]);
  return rows.flatMap(([name, sql, primaryKey, foreignKeys, uniques]): LiveConstraint[] => {
    const table = name as string;
    const made = { table, name: null, target: null, validated: true };
    const parse = <T>(json: unknown): T => JSON.parse(json as string) as T;
    return [
      { ...made, kind: "primary key", columns: parse<string[]>(primaryKey) },
      ...group(parse<[number, string, string, string][]>(foreignKeys)).map((key): LiveConstraint => ({
        ...made,
        kind: "foreign key",
        columns: key.map(([, from]) => from),
        target: { table: key[0]![2], onDelete: key[0]![3].toLowerCase() },
      })),
      ...group(parse<[string, string][]>(uniques)).map((unique): LiveConstraint => ({
        ...made,
        kind: "unique",
        columns: unique.map(([, column]) => column),
      })),
      ...[...String(sql).matchAll(checks)].map(([, quoted, bare]): LiveConstraint => ({
        ...made,
        kind: "check",
        name: quoted?.replaceAll('""', '"') ?? bare!,
        columns: [],
      })),
    ];
  });
}

/** Rows that begin with the same value, together. */
function group<Row extends readonly [unknown, ...unknown[]]>(rows: readonly Row[]): Row[][] {
  const groups = new Map<unknown, Row[]>();
  for (const row of rows) groups.set(row[0], [...(groups.get(row[0]) ?? []), row]);
  return [...groups.values()];
}
