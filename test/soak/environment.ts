import pg from "pg";
import { startPgBouncer, type PgBouncer } from "../support/pgbouncer.ts";
import { postgresUrl, startPostgresServer, type PostgresServer } from "../support/postgres-server.ts";
import { createMembers } from "./callers/joint-sign-up.ts";
import type { Restartable } from "./restarts.ts";

/** What the soak's own connections call themselves, so that they are not counted as the application's. */
export const directName = "soak-direct";
export const callerName = (process: number): string => `soak-caller-${process}`;
export const callerNamePattern = /^soak-caller-/;

/** Server connections that PgBouncer may open. */
export const poolerLimit = 10;
const database = "soak";

/** The servers, and the soak's own way past the pooler. */
export interface Environment {
  /** Where the application connects. */
  readonly url: string;
  /** Migrations, counts and checks: straight to the server, two connections. */
  readonly direct: pg.Pool;
  /** PgBouncer's admin console; `null` without it. */
  readonly console: pg.Pool | null;
  /** In the order in which they are restarted. */
  readonly restartable: readonly Restartable[];
  stop(): Promise<void>;
}

export async function startEnvironment({ pooled }: { readonly pooled: boolean }): Promise<Environment> {
  const server = await startPostgresServer();
  const bouncer = pooled ? await startPooler(server).catch(endingIn(() => server.stop())) : null;
  const pools: pg.Pool[] = [];
  const open = (url: string, options: pg.PoolConfig): pg.Pool => {
    const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: 10_000, ...options });
    pool.on("error", () => undefined);
    pools.push(pool);
    return pool;
  };
  const stop = async (): Promise<void> => {
    await Promise.allSettled(pools.map((pool) => pool.end()));
    await bouncer?.stop();
    await server.stop();
  };
  const administration = open(postgresUrl(server, "postgres"), { max: 1 });
  const direct = open(postgresUrl(server, database), {
    max: 2,
    application_name: directName,
    options: "-c lock_timeout=2s",
  });
  await (async () => {
    await administration.query(`create database ${database}`);
    await direct.query(createMembers);
  })().catch(endingIn(stop));
  return {
    url: postgresUrl(bouncer ?? server, database),
    direct,
    console: bouncer && open(postgresUrl(bouncer, "pgbouncer"), { max: 1 }),
    restartable: listRestartable(server, bouncer),
    stop,
  };
}

async function startPooler(server: PostgresServer): Promise<PgBouncer> {
  const bouncer = await startPgBouncer({
    server,
    defaultPoolSize: poolerLimit,
    // After a login that failed PgBouncer makes none for 15 seconds, if it is not told otherwise.
    settings: { stats_users: server.user, server_login_retry: "1" },
  });
  if (bouncer !== null) return bouncer;
  throw new Error("PgBouncer is not installed; --direct leaves it out");
}

function listRestartable(server: PostgresServer, bouncer: PgBouncer | null): readonly Restartable[] {
  const resume = (): Promise<void> => server.resume();
  const stopped = { name: "PostgreSQL, stopped", halt: () => server.halt("fast"), resume };
  const crashed = { name: "PostgreSQL, crashed", halt: () => server.halt("immediate"), resume };
  if (bouncer === null) return [stopped, crashed];
  const killed = { name: "PgBouncer, killed", halt: () => bouncer.halt(), resume: () => bouncer.resume() };
  return [stopped, killed, crashed];
}

/** For `catch`: ends what was begun and passes the error on. */
function endingIn(clean: () => Promise<void>): (error: unknown) => Promise<never> {
  return async (error) => {
    await clean();
    throw error;
  };
}
