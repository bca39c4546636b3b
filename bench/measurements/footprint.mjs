import { spawnSync } from "node:child_process";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { median } from "../support/measure.mjs";

const ENTRIES = {
  "wispy-auth": fileURLToPath(new URL("../../dist/index.js", import.meta.url)),
  "better-auth": fileURLToPath(import.meta.resolve("better-auth")),
};
const IMPORT_BELOW_MS = 60;
const SIZE_BELOW_KB = 40;
/** Only names the parts of a bundle; nothing is written. */
const OUT = "/bundle";

/** Left out of both bundles: drivers an application has anyway, and native code, which no bundle can hold. */
const EXTERNAL = ["pg", "better-sqlite3", "@node-rs/*"];

/**
 * What an application pays for the import: time in a fresh process, and bytes.
 *
 * @param {{ repeats: number }} options
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureFootprint({ repeats }) {
  const sizes = await bundleSizes();
  return [
    {
      measure: "import in a fresh process, median",
      figures: importTimes(repeats * 3),
      unit: "ms",
      target: { sign: "<", limit: IMPORT_BELOW_MS },
    },
    {
      measure: "code the import loads, minified, gzip",
      figures: sizes.loaded,
      unit: "KB",
      target: { sign: "<", limit: SIZE_BELOW_KB },
    },
    { measure: "with all that is loaded on demand", figures: sizes.all, unit: "KB" },
  ];
}

function importTimes(runs) {
  const times = Object.fromEntries(Object.keys(ENTRIES).map((name) => [name, []]));
  const program = `const start = performance.now(); await import(process.argv[1]); console.log(performance.now() - start)`;
  for (let run = 0; run < runs; run += 1) {
    for (const [name, entry] of Object.entries(ENTRIES)) {
      const args = ["--input-type=module", "--eval", program, entry];
      times[name].push(Number(spawnSync(process.execPath, args, { encoding: "utf8" }).stdout));
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

/** Kilobytes of each bundle: what the import itself loads, and all there is. */
async function bundleSizes() {
  const sizes = { loaded: {}, all: {} };
  for (const [name, entry] of Object.entries(ENTRIES)) {
    const { outputFiles, metafile } = await build({
      entryPoints: { entry },
      bundle: true,
      minify: true,
      splitting: true,
      metafile: true,
      write: false,
      outdir: OUT,
      format: "esm",
      platform: "node",
      external: EXTERNAL,
      logLevel: "silent",
    });
    const contents = new Map(outputFiles.map(({ path, contents: bytes }) => [basename(path), bytes]));
    const parts = new Map(Object.entries(metafile.outputs).map(([path, part]) => [basename(path), part]));
    sizes.loaded[name] = gzipKilobytes(staticParts(parts).map((part) => contents.get(part)));
    sizes.all[name] = gzipKilobytes([...contents.values()]);
  }
  return sizes;
}

/** The entry and what it imports by `import ... from`, in turn; not what is loaded later by `import()`. */
function staticParts(parts) {
  const found = new Set(["entry.js"]);
  for (const part of found) {
    for (const { path, kind } of parts.get(part)?.imports ?? []) {
      if (kind === "import-statement" && parts.has(basename(path))) found.add(basename(path));
    }
  }
  return [...found];
}

function gzipKilobytes(contents) {
  return gzipSync(Buffer.concat(contents)).length / 1024;
}
