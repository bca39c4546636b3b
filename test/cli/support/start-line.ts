import { mkdir, readdir, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cli } from "./build-cli.ts";

/** Where processes wait, everything imported, so that all of them begin their command in the same moment. */
export interface StartLine {
  /** For the environment of a process that is to wait. */
  readonly env: Readonly<Record<string, string>>;
  /** Lets them go once so many have arrived. */
  release(count: number): Promise<void>;
}

/** A module that is loaded before the command: it says that it is there, and waits for the file that lets it go. */
const waiting = `
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
await Promise.all([import("pg"), import("better-sqlite3"), import("./dist/cli/run-cli.js")]);
const line = process.env.START_LINE;
writeFileSync(line + "/" + process.pid, "");
while (!existsSync(line + ".open")) await sleep(1);
`;

export async function drawStartLine(cli: Cli): Promise<StartLine> {
  const line = `${cli.folder}/line-${randomUUID()}`;
  await mkdir(line);
  await writeFile(`${cli.folder}/wait.mjs`, waiting);
  return {
    env: { START_LINE: line, NODE_OPTIONS: `--import "${cli.folder}/wait.mjs"` },
    async release(count) {
      while ((await readdir(line)).length < count) await sleep(10);
      await writeFile(`${line}.open`, "");
    },
  };
}
