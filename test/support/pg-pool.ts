import pg from "pg";
import type { OpenOptions } from "./driver-handles.ts";
import { watchedPgClient, type StatementWatch } from "./statement-watch.ts";

/** Options of a `pg.Pool`, for what makes one of them by itself too. */
export function pgPoolOptions(
  { max = 4, recycles = false }: OpenOptions,
  watch: Pick<StatementWatch, "note">,
): pg.PoolConfig {
  return { max, Client: watchedPgClient(watch), ...(recycles ? { maxUses: 20 } : {}) };
}

/** A `pg.Pool` as an application would make it. */
export function openPgPool(url: string, options: OpenOptions, watch: Pick<StatementWatch, "note">): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, ...pgPoolOptions(options, watch) });
  // An application must listen for the end of idle connections, or die of it.
  pool.on("error", () => undefined);
  return pool;
}
