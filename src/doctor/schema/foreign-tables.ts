import type { Database } from "../../database/database.ts";
import { ledgerColumns } from "../../schema/catalogue.ts";
import { createdTables } from "../../schema/migration.ts";
import { isAuthError } from "../../errors.ts";
import { ok, type Check, type CheckContext } from "../check.ts";
import { lookUp } from "../look-up.ts";

/** Tables that stand where a pending migration, or the ledger, wants to make one. */
export const foreignTables: Check = {
  id: "foreign-tables",
  title: "Whether other tables stand where ours belong",
  dialects: ["postgres", "sqlite"],
  async run(context) {
    const tables = await findForeignTables(context);
    if (tables.length === 0) return ok("No other table stands where one of ours belongs");
    return [
      {
        severity: "error",
        message: `${tables.join(", ")} ${tables.length === 1 ? "exists and is" : "exist and are"} not ours: migrate would refuse`,
        fix: "Choose another namespace (--namespace, or the option `namespace`), or rename what is there",
        data: { tables },
      },
    ];
  },
};

async function findForeignTables({ database, schema }: CheckContext): Promise<readonly string[]> {
  const { prefix } = database.namespace;
  const ledger = `${prefix}migrations`;
  let pending;
  try {
    pending = (await schema()).plan.pending;
  } catch (error) {
    if (isAuthError(error, "schema_foreign_table")) return [error.data.table];
    throw error;
  }
  const wanted = pending.flatMap(({ migration }) => createdTables(migration, database.dialect));
  if (wanted.length === 0) return [];
  const names = wanted.map((name) => prefix + name);
  const found = await readRelations(database, [...names, ledger]);
  const isOurLedger = (columns: readonly string[]): boolean =>
    ledgerColumns.every((column) => columns.includes(column));
  return found
    .filter(({ name, columns }) => name !== ledger || !isOurLedger(columns))
    .map(({ name }) => name);
}

interface Relation {
  readonly name: string;
  readonly columns: readonly string[];
}

async function readRelations(database: Database, names: readonly string[]): Promise<readonly Relation[]> {
  if (database.dialect === "postgres") {
    return lookUp<Relation>(
      database,
      `select c.relname as name, (select coalesce(json_agg(a.attname), '[]') from pg_catalog.pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1::text and c.relname in (select json_array_elements_text($2::json))
        and c.relkind in ('r', 'p', 'v', 'm', 'f') order by c.relname`,
      [database.namespace.schema, JSON.stringify(names)],
    );
  }
  const rows = await database.query(
    `select name as name, (select json_group_array(c.name) from pragma_table_info(m.name) c) as columns
    from sqlite_master m where type in ('table', 'view') and name collate nocase in (select value from json_each(?)) order by name`,
    [JSON.stringify(names)],
  );
  return rows.map(([name, columns]) => ({
    name: name as string,
    columns: JSON.parse(columns as string) as string[],
  }));
}
