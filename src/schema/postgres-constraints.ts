import type { Database, Namespace } from "../database/database.ts";
import type { ConstraintKind, LiveConstraint } from "./constraints.ts";

const text = `select coalesce(json_agg(json_build_object(
    'table', c.relname, 'kind', k.contype, 'name', k.conname, 'validated', k.convalidated, 'onDelete', k.confdeltype,
    'target', case when t.relnamespace = n.oid then t.relname::text else t.oid::regclass::text end,
    'columns', (select coalesce(json_agg(a.attname order by o.position), '[]')
      from unnest(k.conkey) with ordinality as o (number, position)
      join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = o.number))), '[]')::text as constraints
from pg_catalog.pg_constraint k
  join pg_catalog.pg_class c on c.oid = k.conrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_class t on t.oid = k.confrelid
where n.nspname = $1 and k.contype in ('p', 'u', 'f', 'c') and c.relname in (select json_array_elements_text($2::json))`;

interface Row {
  readonly table: string;
  readonly kind: "p" | "u" | "f" | "c";
  readonly name: string;
  readonly validated: boolean;
  readonly onDelete: string;
  readonly target: string | null;
  readonly columns: readonly string[];
}

const kinds: Record<Row["kind"], ConstraintKind> = {
  p: "primary key",
  u: "unique",
  f: "foreign key",
  c: "check",
};

/** `pg_constraint.confdeltype` in SQL's words. */
export const onDeleteActions: Readonly<Record<string, string>> = {
  a: "no action",
  r: "restrict",
  c: "cascade",
  n: "set null",
  d: "set default",
};

/** One statement; `tables` are our table names, with prefix. */
export async function readPostgresConstraints(
  database: Database,
  { namespace, tables }: { readonly namespace: Namespace; readonly tables: readonly string[] },
): Promise<readonly LiveConstraint[]> {
  const [row] = await database.query(text, [namespace.schema, JSON.stringify(tables)]);
  return (JSON.parse(row![0] as string) as Row[]).map(
    ({ table, kind, name, validated, onDelete, target, columns }) => ({
      table,
      kind: kinds[kind],
      name,
      columns: kind === "c" ? [] : columns,
      target: target === null ? null : { table: target, onDelete: onDeleteActions[onDelete] ?? onDelete },
      validated,
    }),
  );
}
