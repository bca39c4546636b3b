// `npm run soak`: bundles the programs of test/soak, for Node.js 20 runs no TypeScript, and starts the one that runs
// the others.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));
// Inside the repository, so that packages are found from there. One folder a run, which names the process it is of.
const cache = `${root}node_modules/.cache/wispy-auth/soak`;
const folder = `${cache}/${process.pid}`;
mkdirSync(cache, { recursive: true });
for (const pid of readdirSync(cache)) if (!isRunning(Number(pid))) remove(`${cache}/${pid}`);
process.once("exit", () => remove(folder));

const bundle = await rolldown({
  input: ["run-soak", "callers/caller-process"].map((name) => `${root}test/soak/${name}.ts`),
  platform: "node",
  // It says which source stands for the name `wispy-auth`.
  tsconfig: `${root}tsconfig.json`,
  external: (id) => !id.startsWith(".") && !id.startsWith("/") && !id.startsWith("wispy-auth"),
});
await bundle.write({
  dir: folder,
  format: "esm",
  entryFileNames: "[name].mjs",
  chunkFileNames: "[name]-[hash].mjs",
});
await bundle.close();
await import(pathToFileURL(`${folder}/run-soak.mjs`).href);

/** @param {number} pid */
function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** @param {string} path */
function remove(path) {
  rmSync(path, { recursive: true, force: true });
}
