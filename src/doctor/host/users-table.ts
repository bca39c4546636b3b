import type { Database } from "../../database/database.ts";
import { ok, type Check } from "../check.ts";
import { lookUp } from "../look-up.ts";

/** A table `users` of the application's: SQL that names it without our schema or prefix means that one. */
export const usersTable: Check = {
  id: "users-table",
  title: "Whether another table is called users",
  dialects: ["postgres", "sqlite"],
  async run({ database }) {
    const found = await findUsers(database);
    if (found === null) return ok("No other table is called users");
    return [
      {
        severity: "info",
        message: `In SQL of your own, users means ${found}, which is not ours`,
        fix: `Write ${database.table("users")}, or put in auth.database.table("users")`,
        data: { table: found },
      },
    ];
  },
};

async function findUsers(database: Database): Promise<string | null> {
  const { schema, prefix } = database.namespace;
  if (database.dialect === "postgres") {
    // By the search path of this role.
    const [row] = await lookUp<{ readonly schema: string; readonly name: string }>(
      database,
      `select n.nspname as schema, c.relname as name from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass('users')`,
    );
    const isOurs = row === undefined || (row.schema === schema && prefix === "");
    return isOurs ? null : `${row.schema}.${row.name}`;
  }
  const rows = await database.query(
    "select name as name from sqlite_master where type in ('table', 'view') and lower(name) = 'users'",
  );
  return rows.length === 0 ? null : (rows[0]![0] as string);
}
