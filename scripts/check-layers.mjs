// The direction of dependencies, and what only one place may do. See "The house" in CONTRIBUTING.md.
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, normalize } from "node:path";
import { readSourceFiles, withoutComments } from "./source-files.mjs";

/** From the ground up: a layer imports itself and what stands before it. */
const layers = [
  "foundation",
  "database",
  "schema",
  "crypto",
  "core",
  "contract",
  "modules",
  "http",
  "client",
  "module clients",
  "auth",
  "testing",
  "adapters",
  "adopt",
  "doctor",
  "cli",
  "index",
];

/** Layers that may import less than all that stands before them. */
const allowed = new Map([
  ["crypto", ["foundation"]],
  ["modules", ["foundation", "contract"]],
  // Types alone, but for what is their own: see checkErased.
  ["client", ["foundation", "contract", "http"]],
  ["module clients", ["client", "modules"]],
  // It knows a module by its contract alone.
  ["adopt", ["foundation", "database", "schema", "crypto", "core", "contract"]],
  // It looks at an Auth, and at the modules that it was given.
  ["doctor", ["foundation", "database", "schema", "core", "contract", "auth"]],
]);

const rootFiles = new Map([
  ["errors.ts", "foundation"],
  ["clock.ts", "foundation"],
  ["ids.ts", "foundation"],
  ["log-line.ts", "foundation"],
  ["log.ts", "auth"],
  ["module.ts", "contract"],
  ["auth.ts", "auth"],
  ["auth-options.ts", "auth"],
  ["start-modules.ts", "auth"],
  ["module-accounts.ts", "auth"],
  ["module-context.ts", "auth"],
  ["module-hooks.ts", "auth"],
  ["check-modules.ts", "auth"],
  ["module-schemas.ts", "auth"],
  ["compose-auth.ts", "auth"],
  ["index.ts", "index"],
]);

const drivers = ["pg", "better-sqlite3", "postgres", "@electric-sql/pglite", "@libsql/client", "node:sqlite"];
const onlyCrypto = ["@node-rs/argon2", "@node-rs/bcrypt"];

/** Text that only the named files may hold, comments left out. */
const forbidden = [
  { pattern: /\bMath\.random\b/, reason: "randomness is injected (RandomSource)", except: /^$/ },
  { pattern: /\bDate\.now\b/, reason: "time is injected (Clock)", except: /^src\/clock\.ts$/ },
  { pattern: /\bnew Date\(\s*\)/, reason: "time is injected (Clock)", except: /^src\/clock\.ts$/ },
  { pattern: /\b(select|returning)\s+(\w+\.)?\*/i, reason: "columns are always listed", except: /^$/ },
];

/** All that a built-in module sees of us: what a module of anybody's sees. */
const contract = ["src/module.ts", "src/contract/route-input.ts"];

/** The same of the client, for a module's part of it. */
const clientContract = ["src/client/index.ts"];

/** Folders of programs that use the package as anybody does. */
const applications = ["app", "examples"];
/** @type {{ name: string, exports: Record<string, unknown> }} */
const { name, exports } = JSON.parse(readFileSync("package.json", "utf8"));
const entryPoints = Object.keys(exports).map((entry) => join(name, entry));

const forbiddenNames = /(^|\/)(utils?|helpers?|types?|managers?|common|misc)\.ts$/;

/** @type {string[]} */
const problems = [];

/** @type {(path: string) => string} */
function findLayer(path) {
  const inSource = path.slice("src/".length);
  if (inSource.startsWith("http/adapters/")) return "adapters";
  if (/^modules\/[^/]+\/client\.ts$/.test(inSource)) return "module clients";
  const layer = inSource.includes("/") ? inSource.slice(0, inSource.indexOf("/")) : rootFiles.get(inSource);
  if (layer !== undefined && layers.includes(layer)) return layer;
  problems.push(`${path}: belongs to no layer; give it one in scripts/check-layers.mjs`);
  return "index";
}

/** @type {(path: string, line: number, target: string) => void} */
function checkRelativeImport(path, line, target) {
  const layer = findLayer(path);
  const imported = normalize(join(dirname(path), target));
  if (!imported.startsWith("src/"))
    return void problems.push(`${path}:${line}: imports ${target}, outside src/`);
  const below = allowed.get(layer) ?? layers.slice(0, layers.indexOf(layer));
  const to = findLayer(imported);
  if (to !== layer && !below.includes(to))
    problems.push(`${path}:${line}: ${layer} must not import ${to} (${target})`);
  if (!path.startsWith("src/database/") && imported.startsWith("src/database/drivers/")) {
    problems.push(`${path}:${line}: only database/ reaches into ${dirname(imported)}`);
  }
  const [own] = /^src\/modules\/[^/]+\//.exec(path) ?? [];
  const face = layer === "module clients" ? clientContract : contract;
  if (own !== undefined && !imported.startsWith(own) && !face.includes(imported)) {
    problems.push(`${path}:${line}: outside ${own} a module imports ${face.join(" and ")} alone (${target})`);
  }
  if (!target.endsWith(".ts")) problems.push(`${path}:${line}: relative imports end in .ts (${target})`);
}

/** @type {(path: string, line: number, target: string) => void} */
function checkPackageImport(path, line, target) {
  if (drivers.includes(target) && !/^src\/database\/(drivers|connect|owned-handles)(\/|\.|-)/.test(path)) {
    problems.push(`${path}:${line}: only database/drivers and database/connect import a driver (${target})`);
  }
  if (onlyCrypto.includes(target) && !path.startsWith("src/crypto/")) {
    problems.push(`${path}:${line}: only crypto/ imports ${target}`);
  }
  const bare = target.startsWith("node:") ? target.slice("node:".length) : target;
  if (bare === target && builtinModules.includes(target))
    problems.push(`${path}:${line}: write node:${target}`);
}

/** @type {(path: string, line: number, target: string) => void} */
function checkApplicationImport(path, line, target) {
  const [folder] = path.split("/");
  if (/^[./]|^file:/.test(target)) {
    const inside = target.startsWith(".") && join(dirname(path), target).startsWith(`${folder}/`);
    if (!inside) problems.push(`${path}:${line}: imports ${target}, outside ${folder}/`);
  } else if ((target === name || target.startsWith(`${name}/`)) && !entryPoints.includes(target)) {
    problems.push(`${path}:${line}: ${target} is not published; package.json has no such export`);
  }
}

/** What a client imports from elsewhere is gone when it is compiled. @type {(path: string, code: string) => void} */
function checkErased(path, code) {
  if (!["client", "module clients"].includes(findLayer(path))) return;
  const kept = code.replaceAll(erasedImportPattern, (statement) => statement.replaceAll(/[^\n]/g, " "));
  for (const { index, 1: target } of kept.matchAll(importPattern)) {
    const imported = target.startsWith(".") ? normalize(join(dirname(path), target)) : target;
    if (imported.startsWith("src/client/")) continue;
    const line = lineFinder(code)(index);
    problems.push(`${path}:${line}: a client imports types alone, by \`import type\` (${target})`);
  }
}

const erasedImportPattern = /\b(?:import|export)\s+type\s[^;"']*?\bfrom\s*["'][^"']+["']/g;
const importPattern = /(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g;

/** @type {(code: string) => (index: number) => number} */
const lineFinder = (code) => (index) => code.slice(0, index).split("\n").length;

const files = readSourceFiles("src", ".ts");
for (const { path, text } of files) {
  const code = withoutComments(text);
  const lineOf = lineFinder(code);
  checkErased(path, code);
  for (const match of code.matchAll(importPattern)) {
    const check = match[1].startsWith(".") ? checkRelativeImport : checkPackageImport;
    check(path, lineOf(match.index), match[1]);
  }
  for (const { pattern, reason, except } of forbidden) {
    const match = pattern.exec(code);
    if (match !== null && !except.test(path)) {
      problems.push(`${path}:${lineOf(match.index)}: \`${match[0]}\`: ${reason}`);
    }
  }
  if (forbiddenNames.test(path))
    problems.push(`${path}: is named after a kind of code, not after what it holds`);
}

const programs = applications.flatMap((folder) => readSourceFiles(folder, ".ts"));
for (const { path, text } of programs) {
  const code = withoutComments(text);
  for (const match of code.matchAll(importPattern)) {
    checkApplicationImport(path, lineFinder(code)(match.index), match[1]);
  }
}

console.log(`note: ${files.length} files, and ${programs.length} of applications`);
for (const problem of new Set(problems)) console.log(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
