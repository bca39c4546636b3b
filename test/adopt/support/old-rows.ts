import { createHash } from "node:crypto";
import type { TestHost } from "../../support/test-host.ts";

const tables =
  "users user_security sessions security_events oauth_states referral_codes referral_relationships".split(
    " ",
  );

/** A digest of every value of every row of the old tables, and of their definitions. */
export async function digestOldRows(host: TestHost, place = ""): Promise<string> {
  const digest = createHash("sha256");
  for (const table of tables) {
    const order = table === "user_security" ? "user_id" : "id";
    const rows = await host.query(`select * from ${place}${table} order by ${order}`);
    digest.update(JSON.stringify([table, rows]));
  }
  return digest.digest("hex");
}

/** How many tables and rows of ours there are: none of it changes in a dry run. */
export async function countOwnRows(host: TestHost): Promise<Record<string, number>> {
  const [names, place] =
    host.dialect === "postgres"
      ? [
          await host.query("select tablename as name from pg_tables where schemaname = 'wispy' order by 1"),
          "wispy.",
        ]
      : [
          await host.query(
            "select name from sqlite_master where type = 'table' and name like 'wispy\\_%' escape '\\' order by 1",
          ),
          "",
        ];
  const counts: Record<string, number> = {};
  for (const { name } of names) {
    const [row] = await host.query(`select count(*) as count from ${place}${String(name)}`);
    counts[String(name)] = Number(row!["count"]);
  }
  return counts;
}
