import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";

const source = fileURLToPath(new URL("../src/", import.meta.url));

/** The files under src/ that importing one of them loads: the static imports, in turn, none of the dynamic ones. */
async function filesLoadedBy(entry: string): Promise<readonly string[]> {
  const bundle = await rolldown({
    input: source + entry,
    platform: "node",
    treeshake: false,
    external: (id) => !id.startsWith(".") && !id.startsWith("/"),
  });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  const chunks = output.filter((part) => part.type === "chunk");
  const loaded = new Set(chunks.filter((chunk) => chunk.isEntry));
  for (const { imports } of loaded) {
    for (const chunk of chunks) if (imports.includes(chunk.fileName)) loaded.add(chunk);
  }
  const ids = [...loaded].flatMap(({ moduleIds }) => moduleIds);
  return ids.filter((id) => id.startsWith(source)).map((id) => relative(source, id));
}

test("the import of the package loads what it exports, and the first createAuth the rest", async () => {
  const folders = (files: readonly string[]) => new Set(files.map((file) => file.replace(/[^/]*$/, "")));
  const byImport = await filesLoadedBy("index.ts");
  expect(folders(byImport)).toEqual(new Set(["", "core/", "crypto/"]));
  expect(byImport.length).toBeLessThan(12);
  const byFirstCall = await filesLoadedBy("compose-auth.ts");
  expect(folders(byFirstCall)).toContain("database/");
  expect(byFirstCall).not.toContain("schema/schema-manager.ts");
});

test.each(
  ["email-verification", "mail", "oauth", "password-reset", "rate-limits", "referrals", "two-factor"].map(
    (name) => `modules/${name}/index.ts`,
  ),
)("the import of %s loads none of its routes, and no zod", async (entry) => {
  const loaded = await filesLoadedBy(entry);
  expect(loaded.filter((file) => file.includes("/routes/") || file === "contract/route-input.ts")).toEqual(
    [],
  );
});
