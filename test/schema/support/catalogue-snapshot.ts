import type { TestHost } from "../../support/test-host.ts";

/** All that the database knows of the tables in its own words, so that two databases can be compared. */
export async function takeCatalogueSnapshot(host: TestHost): Promise<Record<string, readonly unknown[]>> {
  if (host.dialect === "sqlite") {
    return {
      // Laid out as it was typed: only the words count.
      objects: (await host.query("select type, name, tbl_name, sql from sqlite_master order by name")).map(
        (row) => ({ ...row, sql: String(row["sql"]).replaceAll(/\s+/g, " ") }),
      ),
      ledger: await host.query(
        "select module, number, name, checksum, compatible from wispy_migrations order by module, number",
      ),
    };
  }
  const own = "n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')";
  return {
    columns: await host.query(
      `select n.nspname, c.relname, c.relkind, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
          join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where ${own} order by 1, 2, 4`,
    ),
    indexes: await host.query(`select schemaname, indexname, indexdef from pg_indexes n
      where schemaname not in ('pg_catalog', 'information_schema') order by 1, 2`),
    constraints: await host.query(
      `select c.conname, c.conrelid::regclass::text as relation, pg_get_constraintdef(c.oid) as definition
        from pg_constraint c join pg_namespace n on n.oid = c.connamespace where ${own} order by 1, 2`,
    ),
    comments: await host.query(
      `select c.relname, d.description::jsonb as heads from pg_description d join pg_class c on c.oid = d.objoid
        join pg_namespace n on n.oid = c.relnamespace where ${own} and d.objsubid = 0 order by 1`,
    ),
  };
}
