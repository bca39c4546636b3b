// Every ```ts block of the documents compiles against the sources. What a block takes as given (`request`, `email`, …)
// is declared in scripts/snippet-globals.d.ts.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readSourceFiles } from "./source-files.mjs";

const folder = ".data/snippets";
const names = ["README.md", "CONTRIBUTING.md", "SECURITY.md"].filter((path) => existsSync(path));
const pages = [
  ...names.map((path) => ({ path, text: readFileSync(path, "utf8") })),
  ...readSourceFiles("docs", ".md"),
];

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
cpSync("scripts/snippet-globals.d.ts", `${folder}/globals.d.ts`);
// Prisma's client is generated into the application; for the documents, the example's will do.
cpSync("examples/with-prisma/generated/postgres", `${folder}/generated/prisma`, { recursive: true });
let count = 0;
for (const { path, text } of pages) {
  for (const match of text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
    // The lines before the block are kept empty, so that an error names the line of the document.
    const before = text.slice(0, match.index).replaceAll(/[^\n]/g, "");
    const name = `${path.replaceAll("/", "--")}.${(count += 1)}.ts`;
    writeFileSync(`${folder}/${name}`, `${before}\n${match[1]}export {};\n`);
  }
}
const options = { noUnusedLocals: false, noUnusedParameters: false, rootDir: "../.." };
// The types of the Node.js that the project runs on know nothing of node:sqlite.
const include = ["*.ts", "../../node_modules/@types/node-24/sqlite.d.ts"];
const config = { extends: "../../tsconfig.json", compilerOptions: options, include, exclude: [] };
writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config));

console.log(count === 0 ? "note: no ```ts block in README.md or docs/ yet" : `note: ${count} blocks`);
if (count > 0) {
  const compiled = spawnSync("tsc", ["-p", `${folder}/tsconfig.json`, "--pretty", "false"], {
    encoding: "utf8",
  });
  process.stdout.write(compiled.stdout);
  process.exitCode = compiled.status ?? 1;
}
