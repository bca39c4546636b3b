// `npm run soak`, started by scripts/soak.mjs. Ends with 0 if nothing but what a restart explains went wrong.
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describeError } from "../coexistence/support/load.ts";
import { checkAccounts } from "./report/account-checks.ts";
import { CallerGroup } from "./caller-group.ts";
import { watchConnections } from "./connection-watch.ts";
import { callerName, poolerLimit, startEnvironment, type Environment } from "./environment.ts";
import { callFigures, errorFigures, restartFigures, type SoakFigures } from "./report/figures.ts";
import { migrateOnAndOn } from "./host-migrations.ts";
import type { CallerReport, CallerSettings } from "./messages.ts";
import { renderFigures } from "./report/render-figures.ts";
import { Restarts } from "./restarts.ts";
import { parseSoakOptions, soakHelp, type SoakOptions } from "./soak-options.ts";
import { findFailures } from "./report/verdict.ts";

const poolMax = 8;
const sampledSignIns = 2_000;
const progressSeconds = 30;
/** scripts/soak.mjs puts the two programs side by side. */
const callerProgram = fileURLToPath(new URL("caller-process.mjs", import.meta.url));

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function settingsOf(options: SoakOptions, url: string): readonly CallerSettings[] {
  const { callers, processes, pooled } = options;
  return Array.from({ length: processes }, (_, index) => ({
    url,
    applicationName: callerName(index + 1),
    process: index + 1,
    callers: Math.floor((callers + index) / processes),
    poolMax,
    // One of them names statements where that cannot work: it must find out, and nobody may notice.
    statements: index === processes - 1 ? "named" : "auto",
    // Without a pooler three in a minute would turn naming off for good, and the plans of named statements are the matter.
    discardSeconds: pooled ? 3 : 40,
    sampleSize: Math.ceil(sampledSignIns / processes),
  }));
}

async function soak(options: SoakOptions, interrupted: AbortSignal): Promise<SoakFigures> {
  const environment = await startEnvironment(options);
  const group = new CallerGroup();
  const interrupt = (): void => group.fail(new Error("interrupted"));
  if (interrupted.aborted) interrupt();
  else interrupted.addEventListener("abort", interrupt, { once: true });
  try {
    const settings = settingsOf(options, environment.url);
    await group.start(callerProgram, settings);
    say(`at work: processes ${group.pids.join(", ")}`);
    return await disturb(options, { environment, group, settings });
  } finally {
    await group.kill();
    await environment.stop();
  }
}

interface Scene {
  readonly environment: Environment;
  readonly group: CallerGroup;
  readonly settings: readonly CallerSettings[];
}

async function disturb(options: SoakOptions, scene: Scene): Promise<SoakFigures> {
  const { environment, group } = scene;
  const { minutes, callers, processes, pooled } = options;
  const milliseconds = minutes * 60_000;
  const restarts = new Restarts();
  const isDisturbed = (): boolean => restarts.disturbing;
  const over = endOf(milliseconds, group.failed);
  const limits = { atServer: pooled ? poolerLimit : processes * poolMax, ofProcess: poolMax };
  group.begin();
  const [connections, migrations] = await allOrFail(group, [
    watchConnections(environment, { over, isDisturbed, limits }),
    migrateOnAndOn(environment.direct, { over, isDisturbed }),
    restarts.spread(environment.restartable, {
      milliseconds,
      failed: group.failed,
      recovered: (restart) => group.recovered(restart),
    }),
    sayProgress({ group, restarts, over }),
  ]);
  const reports = await group.finish();
  return {
    minutes,
    callers,
    pooled,
    calls: callFigures(reports),
    ...errorFigures(reports, restarts),
    wrong: reports.flatMap((report) => report.wrong),
    restarts: restartFigures(restarts),
    migrations,
    discards: reports.reduce((sum, { discards }) => sum + discards, 0),
    processes: processFigures(reports, scene.settings),
    connections,
    accounts: await checkAccounts(environment.direct, reports),
  };
}

function processFigures(
  reports: readonly CallerReport[],
  settings: readonly CallerSettings[],
): SoakFigures["processes"] {
  return settings.map(({ process, statements }) => {
    const { stats, logged } = reports.find((report) => report.process === process)!;
    return { process, statements, stats, logged };
  });
}

async function sayProgress({
  group,
  restarts,
  over,
}: {
  readonly group: CallerGroup;
  readonly restarts: Restarts;
  readonly over: AbortSignal;
}): Promise<void> {
  const begun = performance.now();
  while (!over.aborted) {
    await sleep(progressSeconds * 1000, undefined, { signal: over }).catch(() => undefined);
    const seconds = Math.round((performance.now() - begun) / 1000);
    const { calls, errors } = group.progress;
    say(`${seconds} s: ${calls} calls, ${errors} errors, ${restarts.done.length} restarts`);
  }
}

/** Aborted when the time is up, or `failed` is. (`AbortSignal.any` of a timeout is lost to garbage collection in Node.js 20.) */
function endOf(milliseconds: number, failed: AbortSignal): AbortSignal {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), milliseconds);
  const fail = (): void => {
    clearTimeout(timer);
    end.abort();
  };
  if (failed.aborted) fail();
  else failed.addEventListener("abort", fail, { once: true });
  return end.signal;
}

/** Waits for all of them even if one fails, so that nobody works on servers that are being stopped. */
async function allOrFail<T extends readonly Promise<unknown>[]>(
  group: CallerGroup,
  works: readonly [...T],
): Promise<{ readonly [I in keyof T]: Awaited<T[I]> }> {
  for (const work of works) work.catch((error: unknown) => group.fail(error));
  await Promise.allSettled(works);
  return Promise.all(works);
}

async function main(options: SoakOptions): Promise<number> {
  const interruption = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interruption.abort());
  const { minutes, callers, processes, pooled, json } = options;
  const route = pooled ? "through PgBouncer" : "directly";
  say(`${callers} callers in ${processes} processes, ${route}, for ${minutes} minutes`);
  try {
    const figures = await soak(options, interruption.signal);
    if (json !== null) await writeFile(json, `${JSON.stringify(figures, null, 2)}\n`);
    say(`\n${renderFigures(figures)}\n`);
    const failures = findFailures(figures);
    say(failures.length === 0 ? "soak passed" : `soak failed: ${failures.join("\n  ")}`);
    return failures.length === 0 ? 0 : 1;
  } catch (error) {
    // Ctrl-C reaches the servers as well; what came of that is not the reason.
    const { aborted } = interruption.signal;
    say(`soak failed: ${aborted ? "interrupted" : describeError(error)}`);
    return aborted ? 130 : 1;
  }
}

const options = parseSoakOptions(process.argv.slice(2));
if (options === null) say(soakHelp);
else process.exitCode = await main(options);
