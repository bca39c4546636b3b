// docs/errors.md has one section per error code and no others; links between the documents lead somewhere.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readSourceFiles } from "./source-files.mjs";

/** @type {string[]} */
const problems = [];

const source = readFileSync("src/errors.ts", "utf8");
const union = /authErrorCodes = \[([\s\S]*?)\] as const/.exec(source)?.[1] ?? "";
const codes = [...union.matchAll(/"([a-z_]+)"/g)].map((match) => match[1] ?? "");
if (codes.length === 0) problems.push("src/errors.ts: found no authErrorCodes");

if (existsSync("docs/errors.md")) {
  const page = readFileSync("docs/errors.md", "utf8");
  const sections = [...page.matchAll(/^#{2,4} `?([a-z]+(?:_[a-z]+)*)`?\s*$/gm)].map(
    (match) => match[1] ?? "",
  );
  for (const code of codes) {
    if (!sections.includes(code)) problems.push(`docs/errors.md: no section for ${code}`);
  }
  for (const section of sections) {
    if (!codes.includes(section)) problems.push(`docs/errors.md: ${section} is no code of src/errors.ts`);
    if (sections.indexOf(section) !== sections.lastIndexOf(section)) {
      problems.push(`docs/errors.md: ${section} stands twice`);
    }
  }
}

const pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
  .filter((path) => existsSync(path))
  .map((path) => ({ path, text: readFileSync(path, "utf8") }));
for (const { path, text } of [...pages, ...readSourceFiles("docs", ".md")]) {
  for (const [, target = ""] of text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g)) {
    if (!existsSync(join(dirname(path), target)))
      problems.push(`${path}: links to ${target}, which is not there`);
  }
}

const count = existsSync("docs/errors.md")
  ? `${codes.length} error codes`
  : "docs/errors.md does not exist yet";
console.log(`note: ${count}, ${pages.length} pages`);
for (const problem of problems) console.log(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
