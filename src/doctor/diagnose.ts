import type { AuthDatabase } from "../auth.ts";
import { systemClock, type Clock } from "../clock.ts";
import type { Module } from "../contract/module.ts";
import type { Database } from "../database/database.ts";
import { AuthError } from "../errors.ts";
import type { Finding } from "./check.ts";
import { moduleSchemas } from "../module-schemas.ts";
import { examine } from "./examine.ts";

export interface DiagnoseOptions {
  /** The modules that `createAuth` was given, so that their tables are looked at too. */
  readonly modules?: readonly Module[];
  /** How many processes of the application run at once, each with a pool like this one. Default 1. */
  readonly processes?: number;
  /** From what age on an open transaction counts as long. Default 20, which is how long `migrate` waits for one. */
  readonly longTransactionSeconds?: number;
  /** The application's clock, which is compared with the server's. Default: the system's. */
  readonly clock?: Clock;
}

/**
 * Looks for what is wrong between wispy-auth and the database it lives in: the same checks as `npx wispy-auth doctor`,
 * made from within the application, so that its own pool is seen too. About thirty catalogue queries, one after
 * the other on one connection; nothing is written and nothing is left behind.
 *
 * @param database `auth.database`
 * @returns at least one finding for each check, in a fixed order; all are `ok` or `info` where nothing is wrong. A check
 *   that could not be made says so, as an `info` with `data.unchecked`.
 * @throws AuthError `unsupported_handle` for anything but `auth.database`, `configuration_invalid` for modules that do
 *   not fit together
 * @example
 * const findings = await diagnose(auth.database, { processes: 4 });
 * for (const { check, severity, message, fix } of findings) {
 *   if (severity === "error" || severity === "warning") console.warn(check, message, fix);
 * }
 */
export async function diagnose(
  database: AuthDatabase<unknown>,
  options: DiagnoseOptions = {},
): Promise<readonly Finding[]> {
  if (!isDatabase(database)) {
    throw new AuthError("unsupported_handle", { message: "diagnose() takes `auth.database`" });
  }
  return examine(database, {
    modules: moduleSchemas(options.modules ?? []),
    clock: options.clock ?? systemClock,
    processes: options.processes ?? 1,
    longTransactionSeconds: options.longTransactionSeconds ?? 20,
    allowNewerSchema: false,
    handle: { kind: "application" },
  });
}

function isDatabase(database: unknown): database is Database {
  if (typeof database !== "object" || database === null) return false;
  return "inspect" in database && "query" in database && "stats" in database;
}
