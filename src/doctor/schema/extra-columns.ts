import type { Database } from "../../database/database.ts";
import { ok, type Check, type Found } from "../check.ts";
import { lookUp } from "../look-up.ts";

interface Extra {
  readonly table: string;
  readonly column: string;
  /** NOT NULL without a default: no insert that does not name it passes. */
  readonly required: boolean;
}

/** Columns that the application added to our tables. They are its own business, unless our inserts fail for them. */
export const extraColumns: Check = {
  id: "extra-columns",
  title: "Whether our tables have columns of somebody else's",
  dialects: ["postgres", "sqlite"],
  async run({ database, schema }) {
    const { settled } = await schema();
    const { prefix } = database.namespace;
    const own = new Map(
      settled.flatMap(({ tables }) =>
        tables.map(({ name, columns }) => [prefix + name, columns.map((column) => column.name)] as const),
      ),
    );
    const columns = await readColumns(database, [...own.keys()]);
    const extra = columns.filter(({ table, column }) => !own.get(table)!.includes(column));
    if (extra.length === 0) return ok("Our tables have no columns but ours");
    return [
      ...extra.filter(({ required }) => required).map((one) => describeRequired(one, database)),
      ...describeOthers(extra.filter(({ required }) => !required)),
    ];
  },
};

function describeRequired({ table, column }: Extra, database: Database): Found {
  const { dialect, namespace } = database;
  const name = database.table(table.slice(namespace.prefix.length));
  return {
    severity: "error",
    message: `Column ${table}.${column} is not ours and is NOT NULL without a default: every insert of ours into ${table} fails`,
    fix:
      dialect === "postgres"
        ? `alter table ${name} alter column "${column}" drop not null, or give it a default`
        : `alter table ${name} drop column "${column}"; keep it in a table of your own that refers to ours`,
    data: { table, column },
  };
}

function describeOthers(extra: readonly Extra[]): readonly Found[] {
  if (extra.length === 0) return [];
  const columns = extra.map(({ table, column }) => `${table}.${column}`);
  return [
    {
      severity: "info",
      message: `${columns.join(", ")} ${columns.length === 1 ? "is" : "are"} not ours, and in nobody's way`,
      data: { columns },
    },
  ];
}

async function readColumns(database: Database, tables: readonly string[]): Promise<readonly Extra[]> {
  const names = JSON.stringify(tables);
  if (database.dialect === "postgres") {
    return lookUp<Extra>(
      database,
      `select c.relname as table, a.attname as column,
        a.attnotnull and not a.atthasdef and a.attidentity = '' as required
      from pg_catalog.pg_attribute a
        join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1::text and c.relname in (select json_array_elements_text($2::json))
        and a.attnum > 0 and not a.attisdropped
      order by c.relname, a.attnum`,
      [database.namespace.schema, names],
    );
  }
  const rows = await database.query(
    `select m.name as table_name, c.name as column_name, c."notnull" = 1 and c.dflt_value is null as required
    from sqlite_master m join pragma_table_info(m.name) c
    where m.type = 'table' and m.name in (select value from json_each(?)) order by m.name, c.cid`,
    [names],
  );
  return rows.map(([table, column, required]) => ({
    table: table as string,
    column: column as string,
    required: Number(required) === 1,
  }));
}
