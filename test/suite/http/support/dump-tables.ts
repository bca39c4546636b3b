import { coreTables } from "../../../../src/core/migrations/core-tables.ts";
import type { SuiteContext } from "../../../support/for-each-database.ts";

export type Dump = Readonly<Record<string, readonly string[]>>;

/** Every row of every table of ours as text, sorted. */
export async function dumpTables(ctx: SuiteContext): Promise<Dump> {
  const entries: [string, readonly string[]][] = [];
  for (const { name } of coreTables) {
    const rows = await ctx.host.query(`select * from ${ctx.table(name)}`);
    entries.push([name, rows.map((row) => JSON.stringify(row)).sort()]);
  }
  return Object.fromEntries(entries);
}
