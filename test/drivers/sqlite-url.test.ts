import { mkdir, symlink } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findNodeSqlite, findNodeWithSqlite } from "../support/node-sqlite.ts";
import { buildProgram } from "../support/run-program.ts";
import { createTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const node = findNodeWithSqlite();
if (node === null) console.log("not run: a sqlite: URL by node:sqlite: no Node.js has it");

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await createTemporaryFolder("no-better-sqlite3");
  // What the library itself depends on is installed there, and nothing else.
  for (const name of ["@node-rs/argon2", "@node-rs/bcrypt", "zod"]) {
    const link = join(folder.path, "node_modules", name);
    await mkdir(join(link, ".."), { recursive: true });
    await symlink(join(root, "node_modules", name), link);
  }
});
afterEach(() => folder.remove());

async function openUrl(by: string): Promise<unknown> {
  const program = await buildProgram("open-sqlite-url.ts", { folder: relative(root, folder.path), node: by });
  const { stdout, stderr } = await program.start([`sqlite:${join(folder.path, "app.db")}`]).ended;
  return JSON.parse(stdout || JSON.stringify(stderr)) as unknown;
}

it.skipIf(node === null)(
  "a sqlite: URL opens node:sqlite, once, where better-sqlite3 is not installed",
  async () => {
    expect(await openUrl(node!)).toEqual({
      driver: "node:sqlite",
      shared: true,
      settings: [1, 2, 1000, "wal"],
      open: false,
    });
  },
);

// Elsewhere there is always one of them.
if (findNodeSqlite() === null) {
  it("without both, it tells which package is missing", async () => {
    expect(await openUrl(process.execPath)).toEqual({ code: "driver_missing" });
  });
}
