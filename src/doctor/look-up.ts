import type { Database } from "../database/database.ts";

/** The rows of a catalogue query on PostgreSQL, as JSON has them: numbers, booleans and arrays whatever the driver. */
export async function lookUp<Row>(
  database: Database,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const rows = await database.query(
    `select coalesce(json_agg(f), '[]')::text as found from (${text}) as f`,
    values,
  );
  return JSON.parse(rows[0]![0] as string) as Row[];
}
