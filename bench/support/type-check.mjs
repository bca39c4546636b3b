import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CLIENT_MODULES } from "./typed-page.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The strictest settings, and the libraries as their users get them: by their declarations. */
const COMPILER_OPTIONS = {
  target: "es2023",
  lib: ["es2024", "dom", "dom.iterable"],
  module: "nodenext",
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  types: ["node"],
  typeRoots: [join(root, "node_modules/@types")],
  paths: {
    "wispy-auth": [join(root, "dist/index.d.ts")],
    "wispy-auth/module": [join(root, "dist/module.d.ts")],
    "wispy-auth/referrals": [join(root, "dist/modules/referrals/index.d.ts")],
    "wispy-auth/client": [join(root, "dist/client/index.d.ts")],
    ...Object.fromEntries(
      CLIENT_MODULES.map((name) => [
        `wispy-auth/${name}/client`,
        [join(root, `dist/modules/${name}/client.d.ts`)],
      ]),
    ),
    "better-auth": [join(root, "bench/node_modules/better-auth/dist/index.d.mts")],
    "better-auth/*": [join(root, "bench/node_modules/better-auth/dist/*/index.d.mts")],
    zod: [join(root, "bench/node_modules/zod/index.d.ts")],
  },
};

/**
 * Checks a program with the library's own compiler.
 *
 * @param {Record<string, string>} files The text of each file, by its name.
 * @returns {{ types: number, instantiations: number }} What `tsc --extendedDiagnostics` counted.
 * @throws Error with the compiler's words if the program has a type error
 */
export function checkTypes(files) {
  const { stdout } = compile(files, { noEmit: true });
  return { types: count(stdout, "Types"), instantiations: count(stdout, "Instantiations") };
}

/**
 * The declarations of some files, as a package has them.
 *
 * @param {Record<string, string>} files
 * @returns {Record<string, string>}
 */
export function declarationsOf(files) {
  const names = Object.keys(files).map((name) => name.replace(/\.ts$/, ".d.ts"));
  return compile(files, { declaration: true, emitDeclarationOnly: true }, names).written;
}

function compile(files, options, readBack = []) {
  const folder = mkdtempSync(join(tmpdir(), "wispy-auth-types-"));
  try {
    const config = { compilerOptions: { ...COMPILER_OPTIONS, ...options }, files: Object.keys(files) };
    const all = { ...files, "package.json": '{ "type": "module" }', "tsconfig.json": JSON.stringify(config) };
    for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", folder, "--extendedDiagnostics"], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stdout);
    const read = (name) => [name, readFileSync(join(folder, name), "utf8")];
    return { stdout, written: Object.fromEntries(readBack.map(read)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(diagnostics, name) {
  const found = new RegExp(`^${name}:\\s+(\\d+)$`, "m").exec(diagnostics);
  if (found === null) throw new Error(`tsc printed no ${name}:\n${diagnostics}`);
  return Number(found[1]);
}
