import type { CoreIncident } from "./core/core-environment.ts";
import type { RefusalClass } from "./database/execution/naming.ts";
import type { HttpFailure } from "./http/create-handler.ts";
import { toLogLine } from "./log-line.ts";

/** Something the operator should know of. No entry holds a secret or an e-mail address; `cause` may hold SQL. */
export type LogEntry =
  | HttpFailure
  | CoreIncident
  /** What a module has to tell. */
  | {
      readonly event: "module_incident";
      readonly module: string;
      readonly incident: string;
      readonly cause: unknown;
    }
  /** Named statements were refused too often; from here on none is named on this handle. */
  | { readonly event: "statements_unnamed"; readonly cause: RefusalClass }
  /** The live tables lack something the code expects. */
  | { readonly event: "schema_drift"; readonly differences: readonly string[] }
  /** The ledger holds migrations that this code does not know and can live with. */
  | {
      readonly event: "schema_newer";
      readonly module: string;
      readonly known: number;
      readonly found: number;
    };

/** Takes entries. What it throws is dropped. */
export type Log = (entry: LogEntry) => void;

/** The same log, which never fails: no call may, for want of one. */
export function withoutFailures(log: Log): Log {
  return (entry) => {
    try {
      // An async function passes for one that returns nothing; its rejection would end the process.
      const result: unknown = log(entry);
      if (result instanceof Promise) result.catch(() => undefined);
    } catch {
      // There is nobody left to tell.
    }
  };
}

/** Standard error, each entry a line of JSON. */
export const consoleLog: Log = (entry) => {
  console.error(toLogLine(entry));
};
