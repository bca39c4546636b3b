import type { SuiteContext } from "../../../support/for-each-database.ts";

/** Every row of every table there is, as text: what must be equal before and after something that writes nothing. */
export async function everyRow(ctx: SuiteContext): Promise<Readonly<Record<string, readonly string[]>>> {
  const found: Record<string, readonly string[]> = {};
  for (const { name } of await ctx.host.query(allTables[ctx.dialect])) {
    const rows = await ctx.host.query(`select * from ${String(name)}`);
    found[String(name)] = rows.map((row) => JSON.stringify(row)).sort();
  }
  return found;
}

const allTables = {
  postgres: `select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`,
  sqlite: `select '"' || name || '"' as name from sqlite_master where type = 'table' and name not like 'sqlite!_%' escape '!'`,
};
