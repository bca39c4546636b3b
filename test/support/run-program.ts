import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { sourceAliases } from "./source-aliases.ts";

/** A TypeScript program made runnable by this Node, for tests that need processes of their own. */
export interface Program {
  readonly file: string;
  /** Starts it with these arguments (`process.argv.slice(2)`). */
  start(args?: readonly string[], env?: Readonly<Record<string, string>>): RunningProgram;
  remove(): Promise<void>;
}

export interface RunningProgram {
  readonly process: ChildProcess;
  /** When it has ended: its exit code (`null` if a signal ended it) and all it printed. */
  readonly ended: Promise<ProgramResult>;
  /** Waits until it has printed `text` on its standard output. */
  printed(text: string): Promise<void>;
}

export interface ProgramResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Bundles one file of `test/programs` with the sources it imports (`wispy-auth` is src/index.ts); packages stay
 * outside. Once per suite: the processes then start as quickly as any. `folder` is for programs that look for files
 * beside themselves.
 */
export async function buildProgram(
  name: string,
  // Inside the repository, so that packages are found from there.
  { folder = "node_modules/.cache/wispy-auth", node }: BuildOptions = {},
): Promise<Program> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const file = `${root}${folder}/${basename(name, ".ts")}-${randomUUID()}.mjs`;
  const bundle = await rolldown({
    input: `${root}test/programs/${name}`,
    platform: "node",
    resolve: { alias: Object.fromEntries(sourceAliases.map(({ name, file }) => [`${name}$`, file])) },
    external: (id) => !id.startsWith(".") && !id.startsWith("/") && !id.startsWith("wispy-auth"),
  });
  await bundle.write({ file, format: "esm", codeSplitting: false });
  await bundle.close();
  return {
    file,
    start: (args = [], env = {}) => startProgram(file, { args, env, node }),
    remove: () => rm(file, { force: true }),
  };
}

export interface BuildOptions {
  readonly folder?: string;
  /** The Node.js that runs it. Default: this process's. */
  readonly node?: string | undefined;
}

export interface StartOptions {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Default: this process's. */
  readonly cwd?: string;
  readonly node?: string | undefined;
}

export function startProgram(file: string, options: StartOptions): RunningProgram {
  const child = spawn(options.node ?? process.execPath, [file, ...options.args], {
    env: { ...process.env, ...options.env },
    cwd: options.cwd ?? process.cwd(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<ProgramResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const printed = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stdout.includes(text)) resolve();
      };
      child.stdout.on("data", look);
      look();
      void ended.then(
        () => reject(new Error(`ended without printing "${text}": ${stdout}${stderr}`)),
        reject,
      );
    });
  return { process: child, ended, printed };
}
