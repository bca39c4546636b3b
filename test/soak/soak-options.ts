import { parseArgs } from "node:util";

export interface SoakOptions {
  readonly minutes: number;
  readonly callers: number;
  readonly processes: number;
  readonly pooled: boolean;
  /** Where the figures go as JSON; `null`: nowhere. */
  readonly json: string | null;
}

export const soakHelp = `npm run soak -- [options]

Lets callers live through migrations, DISCARD ALL and restarts of PostgreSQL and PgBouncer, and checks what they saw.

  --minutes <n>     how long (default 10)
  --callers <n>     callers in all (default 50)
  --processes <n>   processes they are spread over (default 4)
  --direct          without PgBouncer
  --json <file>     writes the figures there, too
`;

/** `null` when help is asked for. @throws Error for options that make no sense */
export function parseSoakOptions(args: readonly string[]): SoakOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "10" },
      callers: { type: "string", default: "50" },
      processes: { type: "string", default: "4" },
      direct: { type: "boolean", default: false },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const [minutes, callers, processes] = [values.minutes, values.callers, values.processes].map(Number);
  if (!(minutes! > 0)) throw new Error("--minutes must be above 0");
  if (!Number.isInteger(processes) || processes! < 1) throw new Error("--processes must be a whole number");
  if (!Number.isInteger(callers) || callers! < processes!)
    throw new Error("--callers: one a process at least");
  return {
    minutes: minutes!,
    callers: callers!,
    processes: processes!,
    pooled: !values.direct,
    json: values.json ?? null,
  };
}
