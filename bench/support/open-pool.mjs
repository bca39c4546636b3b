import pg from "pg";

/**
 * A pool for a measurement. A connection that the server ends, as it does with all when it is stopped, is an `error` of the
 * pool, and the end of the process where nobody listens; what matters reaches whoever sent a statement.
 *
 * @param {pg.PoolConfig} options
 * @returns {pg.Pool}
 */
export function openPool(options) {
  return new pg.Pool(options).on("error", () => {});
}
