import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";
import { sourceAliases } from "../support/source-aliases.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const moduleClients = sourceAliases.map(({ name }) => name).filter((name) => /\/[\w-]+\/client$/.test(name));

/** What a page's bundler makes of a program that uses these. */
async function bundle(entries: readonly string[]): Promise<{ files: readonly string[]; gzipBytes: number }> {
  const program = [
    'export { createAuthClient } from "wispy-auth/client";',
    ...entries.map((entry) => `export * from "${entry}";`),
  ].join("\n");
  const built = await rolldown({
    input: "page",
    platform: "browser",
    resolve: { alias: Object.fromEntries(sourceAliases.map(({ name, file }) => [`${name}$`, file])) },
    plugins: [
      {
        name: "page",
        resolveId: (id) => (id === "page" ? id : null),
        load: (id) => (id === "page" ? program : null),
      },
    ],
  });
  const { output } = await built.generate({ format: "esm", minify: true });
  await built.close();
  const [chunk] = output;
  const files = chunk.moduleIds.filter((id) => id !== "page").map((id) => relative(root, id));
  return { files, gzipBytes: gzipSync(chunk.code).length };
}

test("a page that bundles the client gets the client and nothing of the server", async () => {
  const { files } = await bundle(moduleClients);
  expect(moduleClients).toHaveLength(5);
  expect(files.filter((file) => !/^src\/(client\/|modules\/[\w-]+\/client\.ts$)/.test(file))).toEqual([]);
});

test("the client is small, and a module adds a few lines to it", async () => {
  const alone = await bundle([]);
  const all = await bundle(moduleClients);
  expect(alone.gzipBytes).toBeLessThan(2_048);
  expect(all.gzipBytes).toBeLessThan(2_560);
});
