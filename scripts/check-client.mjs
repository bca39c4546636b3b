// The client as it is published: nothing of the server reaches a browser, not its code and not its types.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { withoutComments } from "./source-files.mjs";

/** @type {{ name: string, exports: Record<string, { types?: string, default?: string }> }} */
const { name, exports } = JSON.parse(readFileSync("package.json", "utf8"));
const entries = Object.entries(exports).filter(([entry]) => entry.endsWith("/client"));

const mayBeReached = /^dist\/(client\/[^/]+|modules\/[^/]+\/client)\.js$/;
const importPattern = /(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g;

/** @type {string[]} */
const problems = [];
/** @type {Set<string>} */
const reached = new Set();

/** @type {(path: string, by: string) => void} */
function follow(path, by) {
  if (reached.has(path)) return;
  reached.add(path);
  if (!mayBeReached.test(path))
    return void problems.push(`${by} imports ${path}, which is no part of a client`);
  const code = withoutComments(readFileSync(path, "utf8"));
  for (const [, target = ""] of code.matchAll(importPattern)) {
    if (target.startsWith(".")) follow(normalize(join(path, "..", target)), path);
    else problems.push(`${path} imports ${target}: a client has no dependencies`);
  }
}
for (const [entry, { default: file = "" }] of entries) follow(normalize(file), `package.json (${entry})`);

// A page's project has no types of Node.js, and may check the declarations of packages too.
const folder = ".data/client-types";
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const imports = entries.map(([entry]) => `export * from "${join(name, entry)}";\n`);
writeFileSync(`${folder}/page.ts`, imports.join(""));
const options = {
  target: "es2022",
  lib: ["es2022", "dom"],
  module: "preserve",
  moduleResolution: "bundler",
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  types: [],
  noEmit: true,
};
writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions: options, files: ["page.ts"] }));
const compiled = spawnSync("tsc", ["-p", folder, "--pretty", "false"], { encoding: "utf8" });
if (compiled.status !== 0) problems.push(compiled.stdout.trim());

console.log(`note: ${entries.length} entries, ${reached.size} files`);
for (const problem of problems) console.log(problem);
process.exitCode = problems.length === 0 && entries.length > 0 ? 0 : 1;
