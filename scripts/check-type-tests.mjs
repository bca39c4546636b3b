// The type tests are compiled with everything else (step "types"); this shows that they are, and that a wrong one fails.
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { readSourceFiles } from "./source-files.mjs";

const tests = readSourceFiles("test/types", ".test-d.ts");
const compiled = spawnSync("tsc", ["-p", "tsconfig.json", "--listFilesOnly"], { encoding: "utf8" });
const files = new Set(compiled.stdout.split("\n").map((path) => resolve(path)));
const leftOut = tests.filter(({ path }) => !files.has(resolve(path)));

const canary = spawnSync("tsc", ["-p", "test/types/tsconfig.canary.json", "--pretty", "false"], {
  encoding: "utf8",
});
const errors = canary.stdout.split("\n").filter((line) => /error TS\d+/.test(line));
const failedAsItMust =
  canary.status !== 0 && errors.length === 1 && /canary\.ts\(.*error TS2344/.test(errors[0] ?? "");

console.log(`note: ${tests.length} files, and the canary fails as it must`);
for (const { path } of leftOut) console.log(`${path} is not compiled by tsconfig.json`);
if (tests.length === 0) console.log("test/types has no *.test-d.ts");
if (!failedAsItMust) console.log(`test/types/canary.ts must fail with TS2344 alone, but:\n${canary.stdout}`);
process.exitCode = failedAsItMust && tests.length > 0 && leftOut.length === 0 ? 0 : 1;
