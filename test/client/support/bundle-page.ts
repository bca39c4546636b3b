import { fileURLToPath } from "node:url";
import { relative } from "node:path";
import { rolldown } from "rolldown";
import { sourceAliases } from "../../support/source-aliases.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

export interface BundledPage {
  readonly code: string;
  /** What of the repository is in it. */
  readonly files: readonly string[];
}

/** What a page's bundler makes of a program. */
export async function bundlePage(program: string): Promise<BundledPage> {
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
  return { code: chunk.code, files };
}
