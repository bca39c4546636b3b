import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { sourceAliases } from "../support/source-aliases.ts";
import { bundlePage } from "./support/bundle-page.ts";

const client = 'export { createAuthClient } from "wispy-auth/client";\n';
const moduleClients = sourceAliases
  .map(({ name }) => name)
  .filter((name) => /\/[\w-]+\/client$/.test(name))
  .map((name) => `export * from "${name}";\n`);

test("a page that bundles the client gets the client and nothing of the server", async () => {
  const { files } = await bundlePage(client + moduleClients.join(""));
  expect(moduleClients).toHaveLength(5);
  expect(files.filter((file) => !/^src\/(client\/|modules\/[\w-]+\/client\.ts$)/.test(file))).toEqual([]);
});

test("the client is small, and a module adds a few lines to it", async () => {
  const alone = await bundlePage(client);
  const all = await bundlePage(client + moduleClients.join(""));
  expect(gzipSync(alone.code).length).toBeLessThan(2_200);
  expect(gzipSync(all.code).length).toBeLessThan(2_700);
});
