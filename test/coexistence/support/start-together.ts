import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Program, ProgramResult } from "../../support/run-program.ts";
import { createTemporaryFolder } from "../../support/temporary-folder.ts";

/**
 * Starts a process for each of the given orders, lets all of them begin at the same moment by making the
 * `signalFile` they wait for, and waits for the last one. Node's own start-up would else spread them over seconds.
 */
export async function startTogether(
  program: Program,
  orders: readonly object[],
): Promise<readonly ProgramResult[]> {
  const folder = await createTemporaryFolder("signal");
  const signalFile = join(folder.path, "begin");
  const running = orders.map((order) => program.start([JSON.stringify({ ...order, signalFile })]));
  await Promise.all(running.map((one) => one.printed("ready")));
  await writeFile(signalFile, "");
  const results = await Promise.all(running.map((one) => one.ended));
  await folder.remove();
  return results;
}

/** What went wrong in any of them; "" when all succeeded. */
export function failuresOf(results: readonly ProgramResult[]): string {
  return results
    .filter(({ code, stdout }) => code !== 0 || !stdout.endsWith("done\n"))
    .map(({ code, signal, stdout, stderr }) => `ended with ${String(signal ?? code)}\n${stdout}${stderr}`)
    .join("\n");
}

/** How often each migration was reported as `applied`, over all processes. */
export function countApplied(results: readonly ProgramResult[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { stdout } of results) {
    for (const [, migration] of stdout.matchAll(/^applied (.+)$/gm)) {
      counts[migration!] = (counts[migration!] ?? 0) + 1;
    }
  }
  return counts;
}
