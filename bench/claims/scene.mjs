import pg from "pg";

/**
 * @typedef {object} Observation What one library did.
 * @property {boolean} held
 * @property {string} saw In a few words.
 *
 * @typedef {object} Claim
 * @property {number} number As numbered in the list of claims.
 * @property {string} text
 * @property {(server: PostgresServer) => Promise<Observation>} [ours]
 * @property {(server: PostgresServer) => Promise<Observation>} [theirs]
 * @property {(server: PostgresServer) => Promise<{ ours: Observation, theirs: Observation }>} [both] In place of the
 *   two, where they are measured in turn.
 *
 * @typedef {import("../support/postgres-server.mjs").PostgresServer} PostgresServer
 */

/**
 * An empty database of this name and a pool on it, for as long as `use` runs.
 *
 * @template T
 * @param {import("../support/postgres-server.mjs").PostgresServer} server
 * @param {{ name: string } & import("pg").PoolConfig} settings `max` is 10 unless given.
 * @param {(pool: import("pg").Pool, url: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withPool(server, { name, ...settings }, use) {
  const url = await server.createDatabase(name);
  return withPoolOn(url, settings, (pool) => use(pool, url));
}

/** One more pool, on a database that is there. */
export async function withPoolOn(url, settings, use) {
  const pool = new pg.Pool({ connectionString: url, max: 10, ...settings });
  // A connection left behind by what went wrong may be ended by the server later.
  pool.on("error", () => {});
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}

/** @param {import("pg").Pool} pool @returns {Promise<number>} The one number a statement gives. */
export async function numberFrom(pool, text, values = []) {
  const { rows } = await pool.query({ text, values, rowMode: "array" });
  return Number(rows[0][0]);
}

/** @param {() => unknown} work @returns {Promise<{ failed: boolean, code: string }>} */
export async function outcomeOf(work) {
  try {
    await work();
    return { failed: false, code: "ok" };
  } catch (error) {
    return { failed: true, code: String(error.body?.code ?? error.code ?? error.message).slice(0, 60) };
  }
}

/** The table of users of each. */
export const USERS = { ours: "wispy.users", theirs: '"user"' };
