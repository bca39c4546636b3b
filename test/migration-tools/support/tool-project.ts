import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { startProgram } from "../../support/run-program.ts";

/** The folder of an application that uses a migration tool. */
export interface ToolProject {
  readonly folder: string;
  write(path: string, text: string): Promise<void>;
  read(path: string): Promise<string>;
  /** Every file below, sorted; [] for a folder that is not there. */
  list(path: string): Promise<string[]>;
  /** A number after those of all files below, for a migration of the application's own; `first` if there is none. */
  nextNumber(path: string, first: string): Promise<string>;
  /** Runs a program of a package, such as `knex/bin/cli.js`, to its end, and returns what it printed. */
  run(program: string, options: RunOptions): Promise<string>;
  remove(): Promise<void>;
}

export interface RunOptions {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The exit code that is expected. Default 0. */
  readonly exitCode?: number;
}

const root = fileURLToPath(new URL("../../../", import.meta.url));

export async function createToolProject(): Promise<ToolProject> {
  // Inside the repository, so that packages are found from there.
  const folder = `${root}node_modules/.cache/wispy-auth/tool-${randomUUID()}`;
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  const list = async (path: string): Promise<string[]> => {
    const entries = await readdir(join(folder, path), { recursive: true, withFileTypes: true }).catch(
      () => [],
    );
    const files = entries.filter((entry) => entry.isFile());
    return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
  };
  await write("package.json", JSON.stringify({ name: "host", private: true, type: "module" }));
  return {
    folder,
    write,
    read: (path) => readFile(join(folder, path), "utf8"),
    list,
    async nextNumber(path, first) {
      const numbers = (await list(path)).flatMap((file) => /\/(\d+)_/.exec(file)?.[1] ?? []);
      const last = numbers.sort().at(-1);
      return last === undefined ? first : String(BigInt(last) + 1n);
    },
    async run(program, { args, env = {}, exitCode = 0 }) {
      const file = `${root}node_modules/${program}`;
      // Colours would stand between the words.
      const plain = { NO_COLOR: "1", FORCE_COLOR: "0" };
      const { code, stdout, stderr } = await startProgram(file, {
        args,
        env: { ...plain, ...env },
        cwd: folder,
      }).ended;
      expect(code, stdout + stderr).toBe(exitCode);
      return stdout + stderr;
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
