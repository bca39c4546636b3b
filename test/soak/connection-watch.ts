import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { callerNamePattern, directName } from "./environment.ts";

/** The most connections that were seen while no restart was under way, and how many were allowed. */
export interface ConnectionFigures {
  readonly samples: number;
  /** All of the application's at the server, PgBouncer's where it stands in between. */
  readonly atServer: { readonly most: number; readonly limit: number };
  /** Of any one process of the application: PgBouncer's clients, or the server's without it. */
  readonly ofProcess: { readonly most: number; readonly limit: number };
}

const everyMilliseconds = 200;
// A backend that is still being authenticated has no name yet; it is counted at the next look.
const countByName = `select application_name as name, count(*)::int as n from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend' and state is not null and state <> 'starting'
    and application_name <> '${directName}' group by application_name`;

type Counts = ReadonlyMap<string, number>;

/** Counts connections five times a second until it is over. */
export async function watchConnections(
  { direct, console }: { readonly direct: pg.Pool; readonly console: pg.Pool | null },
  given: {
    readonly over: AbortSignal;
    readonly isDisturbed: () => boolean;
    readonly limits: { readonly atServer: number; readonly ofProcess: number };
  },
): Promise<ConnectionFigures> {
  let [samples, atServer, ofProcess] = [0, 0, 0];
  while (!given.over.aborted) {
    await sleep(everyMilliseconds, undefined, { signal: given.over }).catch(() => undefined);
    const before = given.isDisturbed();
    const counts = await count({ direct, console }).catch((error: unknown) => {
      if (before || given.isDisturbed()) return null;
      throw error;
    });
    // What a server that was killed leaves behind is nobody's connection any more, but is there for a moment.
    if (counts === null || before || given.isDisturbed()) continue;
    samples += 1;
    atServer = Math.max(atServer, sum(counts.server));
    const processes = [...(counts.pooler ?? counts.server)].filter(([name]) => callerNamePattern.test(name));
    ofProcess = Math.max(ofProcess, ...processes.map(([, n]) => n));
  }
  return {
    samples,
    atServer: { most: atServer, limit: given.limits.atServer },
    ofProcess: { most: ofProcess, limit: given.limits.ofProcess },
  };
}

async function count({
  direct,
  console,
}: {
  readonly direct: pg.Pool;
  readonly console: pg.Pool | null;
}): Promise<{ readonly server: Counts; readonly pooler: Counts | null }> {
  const { rows } = await direct.query<{ name: string; n: number }>(countByName);
  const server = new Map(rows.map(({ name, n }) => [name, n]));
  if (console === null) return { server, pooler: null };
  const pooler = new Map<string, number>();
  const clients = await console.query<{ application_name: string }>("show clients");
  for (const { application_name: name } of clients.rows) pooler.set(name, (pooler.get(name) ?? 0) + 1);
  return { server, pooler };
}

const sum = (counts: Counts): number => [...counts.values()].reduce((total, n) => total + n, 0);
