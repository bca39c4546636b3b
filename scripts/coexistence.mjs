// `npm run coexistence`: runs what shows the scenarios of test/coexistence/support/scenarios.ts, and prints which of
// them holds on which handle. Fails if a test fails, or if there is none.
//   --write             also writes docs/coexistence-matrix.md
//   --json FILE         keeps the results of the run there, for --from
//   --from FILE         results of an earlier `vitest run --reporter=json`, instead of a run; may be given several times:
//                       of a test file that is in more than one, the last results count
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import prettier from "prettier";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = join(root, "docs/coexistence-matrix.md");
const tests = ["test/coexistence", "test/drivers", "test/migration-tools", "test/schema"];
const wanted = "D4-|a handle in use|a handle that is lent|what an application does to it";

const { values } = parseArgs({
  options: {
    write: { type: "boolean", default: false },
    json: { type: "string" },
    from: { type: "string", multiple: true, default: [] },
  },
});
const folder = mkdtempSync(join(tmpdir(), "coexistence-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const { brokenFilesOf, countMarks, judge, problemsOf, renderMatrix, testsOf } = await loadMatrix();
const report = joinReports((values.from.length > 0 ? values.from : [runTests()]).map(readReport));
const matrix = judge(testsOf(report));
const text = renderMatrix(matrix);
console.log(text);
console.log(`\n${countMarks(matrix)}`);
const problems = [...problemsOf(matrix), ...brokenFilesOf(report)];
for (const problem of problems) console.log(`✗ ${problem}`);
if (values.write) await writePage(text);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Node.js 20 runs no TypeScript: bundled, and read from there. */
async function loadMatrix() {
  const bundle = await rolldown({
    input: join(root, "test/coexistence/support/matrix-index.ts"),
    platform: "node",
  });
  const file = join(folder, "matrix.mjs");
  await bundle.write({ file, format: "esm" });
  await bundle.close();
  return await import(pathToFileURL(file).href);
}

/** @returns {string} the file with the results */
function runTests() {
  const file = values.json === undefined ? join(folder, "results.json") : resolve(values.json);
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const args = [
    "run",
    "--project",
    "default",
    ...tests,
    "-t",
    wanted,
    "--reporter=json",
    `--outputFile=${file}`,
  ];
  // Its own exit code is not asked for: the matrix tells which tests failed.
  spawnSync(process.execPath, [vitest, ...args], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  return file;
}

/** @param {string} file */
function readReport(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/**
 * @param {{ testResults: { name: string }[] }[]} reports
 * @returns one report, with the last results of each file
 */
function joinReports(reports) {
  const files = reports.flatMap(({ testResults }) => testResults);
  // Wherever the repository was when it ran.
  const placeOf = (/** @type {{ name: string }} */ { name }) => name.slice(name.lastIndexOf("/test/"));
  return { testResults: [...new Map(files.map((file) => [placeOf(file), file])).values()] };
}

/** @param {string} tables */
async function writePage(tables) {
  const markdown = [
    "# Which scenario holds on which handle",
    "What [coexistence.md](coexistence.md) promises, tried on every handle of [databases.md](databases.md). Written by `npm run coexistence -- --write` from the results of a run; not edited by hand.",
    "✓ a test of it passed. – not for this handle. ○ for this handle, but not run. ✗ failed, or without a test.",
    tables,
    ...(problems.length > 0
      ? ["## What failed", problems.map((problem) => `- ${problem.split("\n", 1)[0]}`).join("\n")]
      : []),
  ].join("\n\n");
  const options = await prettier.resolveConfig(page);
  mkdirSync(join(root, "docs"), { recursive: true });
  writeFileSync(page, await prettier.format(markdown, { ...options, filepath: page }));
}
