// `npm run security`: runs the tests that name a requirement of security-requirements.mjs by its id, and prints which of
// them holds. Fails if a test fails, or if a requirement of gate A has no test and no reason.
//   --write       also writes docs/security-requirements.md
//   --from FILE   results of an earlier `vitest run --reporter=json`, instead of a run
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import prettier from "prettier";
import { requirements } from "./security-requirements.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = join(root, "docs/security-requirements.md");
const { values } = parseArgs({
  options: { write: { type: "boolean", default: false }, from: { type: "string" } },
});

const ids = requirements.map(({ id }) => id);
const report = JSON.parse(readFileSync(values.from ?? runTests(), "utf8"));
const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
const rows = requirements.map(judge);
for (const { id, gate, mark, count, text, notYet } of rows) {
  console.log(`${mark} ${id}  ${gate}  ${String(count).padStart(4)} tests  ${text}`);
  if (notYet !== undefined) console.log(`                      ${notYet}`);
}
const problems = rows.filter(
  ({ mark, gate, notYet }) => mark === "✗" || (mark === "○" && gate === "A" && !notYet),
);
const passed = rows.filter(({ mark }) => mark === "✓").length;
console.log(`\n${passed} of ${rows.length} requirements are shown by tests`);
for (const { id, failed } of problems) {
  console.log(`✗ ${id}: ${failed.length === 0 ? "no test names it" : failed.join("; ")}`);
}
if (values.write) await writePage();
process.exitCode = problems.length === 0 ? 0 : 1;

/** @returns {string} the file with the results */
function runTests() {
  const folder = mkdtempSync(join(tmpdir(), "security-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "results.json");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const wanted = `\\b(${ids.join("|")})\\b`;
  const args = ["run", "--project", "default", "-t", wanted, "--reporter=json", `--outputFile=${file}`];
  // Its own exit code is not asked for: the table tells which tests failed.
  spawnSync(process.execPath, [vitest, ...args], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  return file;
}

/** @param {import("./security-requirements.mjs").Requirement} requirement */
function judge(requirement) {
  const own = tests.filter(
    ({ fullName, status }) => status !== "skipped" && status !== "pending" && names(fullName, requirement.id),
  );
  const failed = own.filter(({ status }) => status !== "passed").map(({ fullName }) => fullName);
  const mark = own.length === 0 ? "○" : failed.length === 0 ? "✓" : "✗";
  return { ...requirement, mark, count: own.length, failed, names: [...new Set(own.map(titleOf))] };
}

/** @param {string} name @param {string} id */
function names(name, id) {
  return new RegExp(`\\b${id}\\b`).test(name);
}

/** @param {{ fullName: string }} test the name without the database that it ran on */
function titleOf({ fullName }) {
  return fullName.replaceAll(/ ?\((sqlite|postgres)\)/g, "").replaceAll("|", "\\|");
}

async function writePage() {
  const cell = (/** @type {(typeof rows)[number]} */ { names: [first, ...rest], notYet }) =>
    first === undefined
      ? (notYet ?? "")
      : first.slice(0, 160) + (rest.length > 0 ? `, and ${rest.length} more` : "");
  const markdown = [
    "# Security requirements",
    "What has to be held, and the tests that show it. Gate A: before the first release; B: before 1.0; C: hardening. ASVS: the level of OWASP ASVS 5.0 that asks for it. Written by `npm run security -- --write` from the results of a run; not edited by hand.",
    "✓ its tests passed. ○ no test. ✗ a test failed.",
    [
      "| | id | gate | ASVS | requirement | test |",
      "| --- | --- | --- | --- | --- | --- |",
      ...rows.map(
        (row) => `| ${row.mark} | ${row.id} | ${row.gate} | ${row.asvs ?? ""} | ${row.text} | ${cell(row)} |`,
      ),
    ].join("\n"),
  ].join("\n\n");
  const options = await prettier.resolveConfig(page);
  writeFileSync(page, await prettier.format(markdown, { ...options, filepath: page }));
}
