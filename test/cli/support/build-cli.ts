import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { copyFile, mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startProgram, type ProgramResult, type RunningProgram } from "../../support/run-program.ts";

/** `wispy-auth` in processes of its own. */
export interface Cli {
  /** Where it was built; packages are found from there. */
  readonly folder: string;
  start(args: readonly string[], options?: CliOptions): RunningProgram;
  /** Runs it to its end. */
  run(args: readonly string[], options?: CliOptions): Promise<ProgramResult>;
  remove(): Promise<void>;
}

export interface CliOptions {
  /** `DATABASE_URL` is unset unless it is given here. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The command as it ships: the compiler's own output, beside a package.json. Once per file of tests; takes a second. */
export async function buildCli(): Promise<Cli> {
  // Inside the repository, so that packages are found from there.
  const folder = `${root}node_modules/.cache/wispy-auth/cli-${randomUUID()}`;
  await mkdir(folder, { recursive: true });
  await copyFile(`${root}package.json`, `${folder}/package.json`);
  const compiler = `${root}node_modules/typescript/bin/tsc`;
  const options = [
    "-p",
    `${root}tsconfig.build.json`,
    "--outDir",
    `${folder}/dist`,
    "--declaration",
    "false",
  ];
  await promisify(execFile)(process.execPath, [compiler, ...options]);
  const start = (args: readonly string[], { env = {}, cwd = root }: CliOptions = {}): RunningProgram =>
    startProgram(`${folder}/dist/cli/main.js`, { args, env: { DATABASE_URL: "", ...env }, cwd });
  return {
    folder,
    start,
    run: (args, options) => start(args, options).ended,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
