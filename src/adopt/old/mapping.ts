import type { Database } from "../../database/database.ts";

// Before the first adoption nothing is mapped, and there is no table that says so.
const emptyMapping = {
  postgres: `(select null::text as source, null::int8 as old_id, null::uuid as user_id,
    null::timestamptz as old_updated_at, null::int8 as events_to where false)`,
  sqlite: `(select null as source, null as old_id, null as user_id, null as old_updated_at, null as events_to
    where false)`,
};

/** The mapping of old accounts to ours as it stands in a FROM clause. */
export function mappingFor(database: Database, exists: boolean): string {
  return exists ? database.table("adopted_users") : emptyMapping[database.dialect];
}

const emptyRowMapping = {
  postgres: "(select null::text as source, null::int8 as old_id, null::uuid as row_id where false)",
  sqlite: "(select null as source, null as old_id, null as row_id where false)",
};

/** The mapping of old rows to ours as it stands in a FROM clause. */
export function rowMappingFor(database: Database, exists: boolean): string {
  return exists ? database.table("adopted_rows") : emptyRowMapping[database.dialect];
}
