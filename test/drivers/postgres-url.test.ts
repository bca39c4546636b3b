import { mkdir, symlink } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { buildProgram } from "../support/run-program.ts";
import { createTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await createTemporaryFolder("no-pg");
});
afterEach(() => folder.remove());

/** Opens a URL where these packages are installed, and no other. */
async function openWith(packages: readonly string[]): Promise<{ code: string; message: string }> {
  await mkdir(join(folder.path, "node_modules"));
  for (const name of packages) {
    await symlink(join(root, "node_modules", name), join(folder.path, "node_modules", name));
  }
  const program = await buildProgram("open-postgres-url.ts", { folder: relative(root, folder.path) });
  const { stdout, stderr } = await program.start(["postgres://user@127.0.0.1:1/app"]).ended;
  return JSON.parse(stdout || JSON.stringify(stderr)) as { code: string; message: string };
}

it("a postgres: URL without pg tells what to install", async () => {
  expect(await openWith([])).toEqual({
    code: "driver_missing",
    message: "A postgres: URL needs the package pg: npm install pg",
  });
});

it("a postgres: URL without pg tells of postgres.js, where that is installed", async () => {
  const { code, message } = await openWith(["postgres"]);
  expect(code).toBe("driver_missing");
  expect(message).toContain("`sql` can be lent");
});
