import type { DatabaseStats, StatementsMode } from "wispy-auth";
import type { AccountFigures } from "./account-checks.ts";
import type { ConnectionFigures } from "../connection-watch.ts";
import type { MigrationCounts } from "../host-migrations.ts";
import { Latencies } from "../callers/latencies.ts";
import type { CallerReport, SeenError } from "../messages.ts";
import type { Restart, Restarts } from "../restarts.ts";

/** All that a soak found out; what `--json` writes. */
export interface SoakFigures {
  readonly minutes: number;
  readonly callers: number;
  readonly pooled: boolean;
  readonly calls: readonly CallFigures[];
  readonly errors: readonly ErrorFigures[];
  /** The first errors outside the restarts, or of a code that no restart excuses. */
  readonly unexcused: readonly SeenError[];
  readonly wrong: readonly string[];
  readonly restarts: readonly (Restart & RestartFigures)[];
  readonly migrations: MigrationCounts;
  readonly discards: number;
  readonly processes: readonly ProcessFigures[];
  readonly connections: ConnectionFigures;
  readonly accounts: AccountFigures;
}

/** Successful calls of one kind, in milliseconds. */
export interface CallFigures {
  readonly kind: string;
  readonly calls: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

export interface ErrorFigures {
  readonly code: string;
  readonly duringRestarts: number;
  readonly otherwise: number;
  /** One of them, with its causes. */
  readonly example: string;
}

export interface RestartFigures {
  readonly secondsDown: number;
  /** From taking connections again to the first session check of the last process. */
  readonly secondsToRecovery: number;
}

export interface ProcessFigures {
  readonly process: number;
  readonly statements: StatementsMode;
  readonly stats: DatabaseStats;
  readonly logged: Readonly<Record<string, number>>;
}

const keptErrors = 20;
/** What the library may say of a connection that was lost. */
const excusable = new Set(["database_unavailable", "connection_timeout", "outcome_unknown"]);

/** Whether a restart explains the error. The application's own statements fail as their driver says. */
export function isExcused(error: SeenError, restarts: Restarts): boolean {
  if (!excusable.has(error.code) && !error.code.startsWith("host: ")) return false;
  return restarts.excuses(error.begunAt, error.endedAt);
}

export function callFigures(reports: readonly CallerReport[]): readonly CallFigures[] {
  const kinds = new Map<string, Latencies>();
  for (const { latencies } of reports) {
    for (const [kind, counts] of Object.entries(latencies)) {
      const merged = kinds.get(kind) ?? new Latencies();
      merged.merge(counts);
      kinds.set(kind, merged);
    }
  }
  return [...kinds].map(([kind, latencies]) => ({
    kind,
    calls: latencies.calls,
    p50: latencies.quantile(0.5),
    p99: latencies.quantile(0.99),
    longest: latencies.quantile(1),
  }));
}

export function errorFigures(
  reports: readonly CallerReport[],
  restarts: Restarts,
): Pick<SoakFigures, "errors" | "unexcused"> {
  const errors = reports.flatMap((report) => report.errors);
  const codes = [...new Set(errors.map(({ code }) => code))].sort();
  return {
    errors: codes.map((code) => {
      const own = errors.filter((error) => error.code === code);
      const duringRestarts = own.filter((error) => restarts.excuses(error.begunAt, error.endedAt)).length;
      return { code, duringRestarts, otherwise: own.length - duringRestarts, example: own[0]!.text };
    }),
    unexcused: errors.filter((error) => !isExcused(error, restarts)).slice(0, keptErrors),
  };
}

export function restartFigures({ done }: Restarts): SoakFigures["restarts"] {
  return done.map((restart) => ({
    ...restart,
    secondsDown: (restart.readyAt - restart.haltedAt) / 1000,
    secondsToRecovery: (restart.recoveredAt - restart.readyAt) / 1000,
  }));
}
