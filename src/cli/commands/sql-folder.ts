import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { systemClock } from "../../clock.ts";
import { AuthError } from "../../errors.ts";
import { planFolder, type FolderOptions, type FolderPlan } from "../../schema/export-folder.ts";
import type { ExportPlace, FolderContents } from "../../schema/export-formats/migration-format.ts";
import { migrationFormats, type FormatName } from "../../schema/export-formats/migration-formats.ts";
import type { SchemaModule } from "../../schema/migration.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatTable } from "../terminal.ts";
import type { CommandContext, CommandResult } from "./command.ts";

/** `sql --format`: writes the migrations that a migration tool's folder lacks. */
export async function sqlFolder(
  { given, cwd, terminal }: CommandContext,
  target: ExportPlace & { readonly modules: readonly SchemaModule[]; readonly format: FormatName },
): Promise<CommandResult> {
  const folder = given.out ?? migrationFormats[target.format].folder;
  const plan = await exportFolder(resolve(cwd, folder), {
    ...target,
    module: given.module,
    now: systemClock.now(),
  });
  terminal.print(terminal.style("dim", folder));
  const rows = plan.migrations.map(({ migration, path, isNew }) => [
    migration,
    isNew ? "written" : "there already",
    path,
  ]);
  for (const line of formatTable(rows)) terminal.print(`  ${line}`);
  if (plan.exclusion !== null) terminal.print(`To leave our tables alone, ${plan.exclusion}`);
  const { format, dialect } = target;
  const { migrations, exclusion } = plan;
  return { exitCode: exitCodes.ok, json: { dialect, format, folder, migrations, exclusion } };
}

/**
 * Writes what the folder lacks and returns what it did; the folder is made if it is not there.
 * @throws AuthError `configuration_invalid` if the folder cannot be read or written, and what `planFolder` throws
 */
export async function exportFolder(
  folder: string,
  options: Omit<FolderOptions, "contents">,
): Promise<FolderPlan> {
  const contents = await readFolder(folder).catch((cause: unknown) => fail(folder, { verb: "read", cause }));
  const plan = planFolder({ ...options, contents });
  for (const { path, text, replaces } of plan.files) {
    const file = join(folder, path);
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text, { flag: replaces ? "w" : "wx" });
    } catch (cause) {
      fail(file, { verb: "written", cause });
    }
  }
  return plan;
}

const textFile = /\.(?:sql|[cm]?[jt]s|json|toml)$/;

async function readFolder(folder: string): Promise<FolderContents> {
  const contents = new Map<string, string>();
  for (const file of await listFiles(folder)) {
    const path = relative(folder, file).split(sep).join("/");
    if (textFile.test(path)) contents.set(path, await readFile(file, "utf8"));
  }
  return contents;
}

/** Every file below, in the order of their names; what belongs to other programs is left out. */
async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    if (entry.isDirectory()) files.push(...(await listFiles(path)));
    else files.push(path);
  }
  return files;
}

function fail(path: string, { verb, cause }: { readonly verb: string; readonly cause: unknown }): never {
  throw new AuthError("configuration_invalid", { message: `${path} cannot be ${verb}`, cause });
}
