import { AuthError } from "../errors.ts";

/** Something stands where a table of ours belongs. It is never adopted, altered or dropped. */
export function foreignTable(table: string): AuthError {
  return new AuthError("schema_foreign_table", {
    message: `A table or view called ${table} exists already and is not ours; choose another namespace`,
    data: { table },
  });
}
