import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ClientModule } from "wispy-auth/client";
import { coreClientRoutes } from "../../src/client/core-client-routes.ts";
import { coreContracts } from "../../src/http/routes/core-contracts.ts";
import type { RouteContract } from "wispy-auth/module";

const modules = new URL("../../src/modules/", import.meta.url);

/** What the client is to have of contracts: all but those that send a browser on. */
function linesOf(contracts: object): Readonly<Record<string, string>> {
  const all = Object.entries(contracts as Readonly<Record<string, RouteContract>>);
  const called = all.filter(([, { status, crossSiteForm }]) => status !== 303 && crossSiteForm !== true);
  return Object.fromEntries(called.map(([name, { method, path }]) => [name, `${method} ${path}`]));
}

/** The one export of a file of a module's whose name ends so. */
async function exportOf(file: string, suffix: string): Promise<object> {
  const exported = (await import(new URL(file, modules).href)) as Record<string, object>;
  const names = Object.keys(exported).filter((name) => name.endsWith(suffix));
  expect(names).toHaveLength(1);
  return exported[names[0]!]!;
}

const withRoutes = readdirSync(modules, { recursive: true, encoding: "utf8" })
  .filter((path) => /\/routes\/[\w-]+-contracts\.ts$/.test(path))
  .map((path) => ({ folder: path.split("/")[0]!, path }));

describe("the client's table", () => {
  it("of the core has the method and the path of every contract", () => {
    expect(coreClientRoutes).toEqual(linesOf(coreContracts));
  });

  it.each(withRoutes)("of $folder has those of the module", async ({ folder, path }) => {
    const contracts = (await exportOf(path, "Contracts")) as Readonly<Record<string, RouteContract>>;
    const client = (await exportOf(`${folder}/client.ts`, "Client")) as ClientModule;
    expect(client.routes).toEqual(linesOf(contracts));
    for (const [name, { id }] of Object.entries(contracts)) expect(id).toBe(`${client.name}.${name}`);
  });

  it("is there for every module that has routes", () => {
    const folders = readdirSync(modules).filter((folder) =>
      readdirSync(new URL(`${folder}/`, modules)).includes("routes"),
    );
    expect(withRoutes.map(({ folder }) => folder)).toEqual(folders);
  });
});
