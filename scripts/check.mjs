// `npm run check`: every rule of the house that a program can hold. One line a step; the output of those that fail.
import { spawn } from "node:child_process";

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} command  Run by the shell, with node_modules/.bin on the path.
 * @property {string} [after]  The step that must have passed before.
 */

/** @type {readonly Step[]} */
const steps = [
  { name: "format", command: "prettier --check --log-level warn ." },
  // The types of the application and the examples come from the built package, as they do for a user.
  { name: "build", command: "npm run --silent build" },
  { name: "lint", command: "oxlint --type-aware --deny-warnings --format unix", after: "build" },
  { name: "layers", command: "node scripts/check-layers.mjs" },
  { name: "lockfile", command: "node scripts/check-lockfile.mjs" },
  { name: "types", command: "tsc -p tsconfig.json" },
  { name: "type tests", command: "node scripts/check-type-tests.mjs" },
  { name: "docs", command: "node scripts/check-docs.mjs" },
  { name: "snippets", command: "node scripts/check-snippets.mjs" },
  { name: "dead code", command: "knip" },
  { name: "client", command: "node scripts/check-client.mjs", after: "build" },
  { name: "app types", command: "tsc -p app/tsconfig.json --noEmit", after: "build" },
  { name: "example types", command: "tsc -p examples/tsconfig.json --noEmit", after: "build" },
  { name: "package", command: "publint run --strict --pack false", after: "build" },
  {
    name: "package types",
    command: "attw --pack . --profile esm-only --no-definitely-typed --no-emoji --format ascii",
    after: "build",
  },
];

/** @type {(command: string) => Promise<{ ok: boolean, output: string, seconds: number }>} */
function run(command) {
  const begun = performance.now();
  const env = { ...process.env, PATH: `node_modules/.bin:${process.env.PATH}`, NO_COLOR: "1" };
  const child = spawn(command, { shell: true, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.once("close", (code) => {
      resolve({ ok: code === 0, output: output.trim(), seconds: (performance.now() - begun) / 1000 });
    });
  });
}

const wanted = process.argv.slice(2);
const failed = new Set();
for (const { name, command, after } of steps) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (after !== undefined && failed.has(after)) {
    console.log(`-     not run  ${name} (it needs: ${after})`);
    failed.add(name);
    continue;
  }
  const { ok, output, seconds } = await run(command);
  console.log(`${ok ? "ok  " : "FAIL"}  ${seconds.toFixed(1).padStart(5)} s  ${name}`);
  if (!ok) failed.add(name);
  if (!ok && output !== "") console.log(output.replaceAll(/^/gm, "    "));
  // A step that passed may have one line to say: what it counted, or what it had nothing of.
  const note = output.split("\n").find((line) => line.startsWith("note: "));
  if (ok && note !== undefined) console.log(`                ${note.slice("note: ".length)}`);
}
console.log(failed.size === 0 ? "check passed" : `check failed: ${[...failed].join(", ")}`);
process.exitCode = failed.size === 0 ? 0 : 1;
