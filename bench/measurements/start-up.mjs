import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { openPool } from "../support/open-pool.mjs";
import { median, timed } from "../support/measure.mjs";
import { startWireProxy } from "../support/wire-proxy.mjs";
import { betterAuthOptions, migrateBetterAuth } from "../subjects/better-auth.mjs";
import { createAuth, wispyAuthOptions } from "../subjects/wispy-auth.mjs";

/**
 * A start on a database that is up to date: statements it sends, and how long it takes (the connection is open
 * already). For better-auth a start is its instance made ready, and the question whether migrations are pending.
 *
 * @param {import("../support/postgres-server.mjs").PostgresServer} server
 * @param {{ repeats: number }} options
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureStartUp(server, { repeats }) {
  const ours = await measureStarts(server, "start_wispy", {
    prepare: (pool) => createAuth(wispyAuthOptions(pool)),
    start: (pool) => createAuth(wispyAuthOptions(pool)),
    repeats,
  });
  const theirs = await measureStarts(server, "start_better", {
    prepare: (pool) => migrateBetterAuth(betterAuthOptions(pool)),
    async start(pool) {
      const options = betterAuthOptions(pool);
      await betterAuth(options).$context;
      await getMigrations(options);
    },
    repeats,
  });
  return [
    {
      measure: "statements at a warm start",
      figures: { "wispy-auth": ours.roundTrips, "better-auth": theirs.roundTrips },
      target: { sign: "<=", limit: 1 },
    },
    {
      measure: "warm start",
      figures: { "wispy-auth": ours.milliseconds, "better-auth": theirs.milliseconds },
      unit: "ms",
    },
  ];
}

async function measureStarts(server, name, { prepare, start, repeats }) {
  const proxy = await startWireProxy(server);
  const url = await server.createDatabase(name);
  const pool = openPool({ connectionString: proxy.through(url), max: 1 });
  await prepare(pool);
  const { roundTrips } = await proxy.count(() => start(pool));
  const times = [];
  for (let repeat = 0; repeat < repeats * 3; repeat += 1) times.push(await timed(() => start(pool)));
  await pool.end();
  await proxy.close();
  return { roundTrips, milliseconds: median(times) };
}
