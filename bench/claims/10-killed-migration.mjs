import { startWireProxy } from "../support/wire-proxy.mjs";
import { startChild } from "./children/start-child.mjs";
import { withPool } from "./scene.mjs";

/** @type {import("./scene.mjs").Claim} */
export const killedMigration = {
  number: 10,
  text: "kill -9 at any statement of a migration; the next start leaves the same catalogue",
  ours: (server) => observe(server, "wispy-auth"),
  theirs: (server) => observe(server, "better-auth"),
};

async function observe(server, library) {
  const whole = await migrate(server, library, { killAt: Infinity });
  let different = 0;
  let refused = 0;
  for (let killAt = 1; killAt <= whole.roundTrips; killAt += 1) {
    const { catalogue, rerun } = await migrate(server, library, { killAt });
    if (!rerun.ok) refused += 1;
    if (catalogue !== whole.catalogue) different += 1;
  }
  return {
    held: different === 0 && refused === 0,
    saw: `${whole.roundTrips} moments; next start failed: ${refused}, catalogue differs: ${different}`,
  };
}

/** Migrates in one process that dies before its statement number `killAt` is sent, then in another. */
function migrate(server, library, { killAt }) {
  return withPool(server, { name: "claim_10", max: 1 }, async (pool, url) => {
    const child = await startChild(library);
    let roundTrips = 0;
    const proxy = await startWireProxy(server, {
      beforeRoundTrip(count) {
        // The first is the one that opened the connection.
        roundTrips = count - 1;
        if (roundTrips !== killAt) return undefined;
        child.kill();
        return "cut";
      },
    });
    await child.connect(proxy.through(url));
    await child.migrate();
    await proxy.close();
    child.end();
    const next = await startChild(library);
    await next.connect(url);
    const rerun = await next.migrate();
    next.end();
    return { roundTrips, rerun, catalogue: await readCatalogue(pool) };
  });
}

/** Every column, index and constraint, as one text. */
async function readCatalogue(pool) {
  const { rows } = await pool.query(`
    select n.nspname || '.' || c.relname || ' ' || o.what as line
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    cross join lateral (
      select a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull as what
      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and c.relkind = 'r'
      union all select pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid from pg_index i where i.indrelid = c.oid
      union all select pg_get_constraintdef(k.oid) from pg_constraint k where k.conrelid = c.oid
    ) as o
    order by line`);
  return rows.map(({ line }) => line).join("\n");
}
