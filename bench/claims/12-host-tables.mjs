import { betterAuthOptions, migrateBetterAuth } from "../subjects/better-auth.mjs";
import { createAuth, wispyAuthOptions } from "../subjects/wispy-auth.mjs";
import { outcomeOf, withPool } from "./scene.mjs";

/** @type {import("./scene.mjs").Claim} */
export const hostTables = {
  number: 12,
  text: "tables of the host that have names like ours stay as they are",
  ours: (server) => observe(server, "claim_12_ours", (pool) => createAuth(wispyAuthOptions(pool))),
  theirs: (server) =>
    observe(server, "claim_12_theirs", (pool) => migrateBetterAuth(betterAuthOptions(pool))),
};

const NAMES = ["user", "users", "session", "sessions", "account", "credentials", "events"];

function observe(server, name, start) {
  return withPool(server, { name }, async (pool) => {
    for (const table of NAMES)
      await pool.query(`create table "${table}" (id text primary key, of_the_host text)`);
    const before = await columns(pool);
    const { failed, code } = await outcomeOf(() => start(pool));
    const added = (await columns(pool)).filter((column) => !before.includes(column));
    return {
      held: added.length === 0 && !failed,
      saw: `columns added to the host's tables: ${added.length}; start: ${code}`,
    };
  });
}

async function columns(pool) {
  const { rows } = await pool.query(
    `select table_name || '.' || column_name as name from information_schema.columns
     where table_schema = 'public' and table_name = any ($1)`,
    [NAMES],
  );
  return rows.map((row) => row.name);
}
