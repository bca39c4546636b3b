import { spawnSync } from "node:child_process";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { median } from "../support/measure.mjs";
import { CLIENT_MODULES } from "../support/typed-page.mjs";

const ENTRIES = {
  "wispy-auth": fileURLToPath(new URL("../../dist/index.js", import.meta.url)),
  "better-auth": fileURLToPath(import.meta.resolve("better-auth")),
};
/** What the first `createAuth` loads on any database, as well as the import itself. */
const LOADED_BY_CREATE_AUTH = ["compose-auth.js", "core/create-core.js"];
const IMPORT_BELOW_MS = 60;
const SIZE_BELOW_KB = 40;
const CLIENT_BELOW_KB = 3;

const IMPORT = `
  const start = performance.now();
  await import(process.argv[1]);
  console.log(performance.now() - start);`;
const FIRST_SIGN_IN = fileURLToPath(new URL("../support/first-sign-in.mjs", import.meta.url));

/** Only names the parts of a bundle; nothing is written. */
const OUT = "/bundle";

/** Left out of both bundles: drivers an application has anyway, and native code, which no bundle can hold. */
const EXTERNAL = ["pg", "better-sqlite3", "@node-rs/*"];

/**
 * What an application pays for the import: time in a fresh process, and bytes. Much of both libraries is loaded by the
 * first calls, so the time until the first sign-in is answered stands beside it.
 *
 * @param {{ repeats: number }} options
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureFootprint({ repeats }) {
  const sizes = await bundleSizes();
  return [
    {
      measure: "import in a fresh process, median",
      figures: timesOf((name) => ["--input-type=module", "--eval", IMPORT, ENTRIES[name]], repeats * 3),
      unit: "ms",
      target: { sign: "<", limit: IMPORT_BELOW_MS },
    },
    {
      measure: "from the import to the first sign-in, median",
      figures: timesOf((name) => [FIRST_SIGN_IN, name], repeats * 3),
      unit: "ms",
    },
    {
      measure: "code the import and createAuth load, minified, gzip",
      figures: sizes.loaded,
      unit: "KB",
      target: { sign: "<", limit: SIZE_BELOW_KB },
    },
    { measure: "with all that is loaded on demand", figures: sizes.all, unit: "KB" },
    {
      measure: "a page's client for all routes, minified, gzip",
      figures: await clientSizes(),
      unit: "KB",
      target: { sign: "<", limit: CLIENT_BELOW_KB },
    },
  ];
}

/** Median milliseconds, as fresh processes print them that are started in turn with the given arguments. */
function timesOf(argumentsOf, runs) {
  const times = Object.fromEntries(Object.keys(ENTRIES).map((name) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const name of Object.keys(ENTRIES)) {
      const { stdout, stderr } = spawnSync(process.execPath, argumentsOf(name), { encoding: "utf8" });
      if (stdout === "") throw new Error(`${name} did not start: ${stderr}`);
      times[name].push(Number(stdout));
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

/** Kilobytes of each bundle: what the import and the start load, and all there is. */
async function bundleSizes() {
  const sizes = { loaded: {}, all: {} };
  for (const [name, entry] of Object.entries(ENTRIES)) {
    const later = name === "wispy-auth" ? LOADED_BY_CREATE_AUTH : [];
    const { outputFiles, metafile } = await build({
      entryPoints: [entry, ...later.map((file) => join(dirname(entry), file))],
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
    const entries = [entry, ...later].map((path) => basename(path, extname(path)) + ".js");
    sizes.loaded[name] = gzipKilobytes(staticParts(parts, entries).map((part) => contents.get(part)));
    sizes.all[name] = gzipKilobytes([...contents.values()]);
  }
  return sizes;
}

/** Kilobytes of what a page's bundler makes of the client, with those of the modules; of the other, its own plain client. */
async function clientSizes() {
  const dist = new URL("../../dist/", import.meta.url);
  const ours = CLIENT_MODULES.map((name) => `export * from "./modules/${name}/client.js";`);
  const pages = {
    "wispy-auth": {
      contents: ['export { createAuthClient } from "./client/index.js";', ...ours].join("\n"),
      resolveDir: fileURLToPath(dist),
    },
    "better-auth": {
      contents: 'export { createAuthClient } from "better-auth/client";',
      resolveDir: fileURLToPath(new URL("..", import.meta.url)),
    },
  };
  const sizes = {};
  for (const [name, stdin] of Object.entries(pages)) {
    const { outputFiles } = await build({
      stdin,
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "browser",
      logLevel: "silent",
    });
    sizes[name] = gzipKilobytes(outputFiles.map(({ contents }) => contents));
  }
  return sizes;
}

/** The entries and what they import by `import ... from`, in turn; not what is loaded later by `import()`. */
function staticParts(parts, entries) {
  const found = new Set(entries);
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
