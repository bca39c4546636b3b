import { AuthError } from "../errors.ts";
import { catalogueOf, allMigrations, ofModule, exportStep } from "./export-sql.ts";
import type {
  AddedMigration,
  ExportPlace,
  FileToWrite,
  MigrationFormat,
  ToolFolder,
} from "./export-formats/migration-format.ts";
import { migrationFormats, type FormatName } from "./export-formats/migration-formats.ts";
import { nextNumbers } from "./export-formats/next-numbers.ts";
import { inDependencyOrder, migrationLabel, type ModuleMigration, type SchemaModule } from "./migration.ts";

export interface FolderOptions extends ExportPlace, Pick<ToolFolder, "contents" | "now"> {
  readonly modules: readonly SchemaModule[];
  readonly format: FormatName;
  /** Only this module's migrations. */
  readonly module?: string | undefined;
}

/** What a migration tool's folder lacks of ours. */
export interface FolderPlan {
  /** Every migration asked for, in order, with its file from the folder. */
  readonly migrations: readonly PlannedFile[];
  /** Migrations first, in order, then what the tool keeps beside them. */
  readonly files: readonly FileToWrite[];
  /** What the tool must be told so that it leaves our tables alone; `null` if nothing. */
  readonly exclusion: string | null;
}

export interface PlannedFile {
  readonly migration: string;
  readonly path: string;
  /** False if the folder has it already. */
  readonly isNew: boolean;
}

/**
 * Finds out which migrations a migration tool's folder lacks, and what to write there. A file that is there is
 * never written again: a migration is known by the first line of its file, wherever in the folder that line is.
 * @throws AuthError `configuration_invalid` for a module that is not among them, a dialect the tool does not
 *   speak, a folder whose migrations are for another dialect or namespace, or a file of ours without its first line
 */
export function planFolder(options: FolderOptions): FolderPlan {
  const { modules, dialect, namespace, contents, now } = options;
  const format = migrationFormats[options.format];
  if (!format.dialects.includes(dialect)) {
    throw invalid(`${options.format} has no migrations for ${dialect}`);
  }
  const steps = ofModule(allMigrations(inDependencyOrder(modules)), { modules, module: options.module });
  const written = findWritten(options, format);
  const missing = steps.filter((step) => !written.has(migrationLabel(step)));
  const names = [...contents.keys()].flatMap((path) => format.migrationName(path) ?? []);
  const numbers = nextNumbers(names, { count: missing.length, now, style: format.numbers });
  const added = missing.map((step, i) => addMigration(step, { ...options, number: numbers[i]! }));
  const sideFiles = added.length === 0 ? [] : (format.sideFiles?.(added, { dialect, contents, now }) ?? []);
  return {
    migrations: steps.map((step) => {
      const migration = migrationLabel(step);
      const path = written.get(migration);
      if (path !== undefined) return { migration, path, isNew: false };
      return { migration, path: added.find((file) => file.migration === migration)!.path, isNew: true };
    }),
    files: [...added, ...sideFiles].map(({ path, text, replaces }) => ({ path, text, replaces })),
    exclusion: format.exclusion?.(tablesOf(options), { dialect, namespace }) ?? null,
  };
}

function addMigration(
  step: ModuleMigration,
  options: FolderOptions & { readonly number: string },
): AddedMigration & FileToWrite {
  const { dialect, namespace, number } = options;
  const format = migrationFormats[options.format];
  const migration = migrationLabel(step);
  const path = format.path(number, fileName(migration));
  const text = format.render({
    migration,
    dialect,
    comment: [
      firstLine(migration, options),
      `Written by "wispy-auth sql --format ${options.format}". It goes forward only: there is no way back.`,
    ],
    statements: exportStep(step, { catalogue: catalogueOf(dialect, namespace), namespace }),
  });
  return { migration, name: format.migrationName(path)!, path, text, replaces: false };
}

/** `core/001-accounts` as a part of a file's name. */
function fileName(migration: string): string {
  return `wispy_auth_${migration.replaceAll(/\W/g, "_")}`;
}

function firstLine(migration: string, place: ExportPlace): string {
  return `wispy-auth migration ${migration} ${describe(place)}`;
}

/** What must be the same for all files of a folder; on one line, whatever is in the names. */
function describe({ dialect, namespace }: ExportPlace): string {
  const { schema, prefix } = namespace;
  const names = JSON.stringify(dialect === "postgres" ? { schema, prefix } : { prefix });
  // JSON leaves these two as they are, and JavaScript ends a line at them.
  const line = names.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  return `on ${dialect} in ${line}`;
}

const anyFirstLine = /^(?:--|\/\/) wispy-auth migration (\S+) (on \w+ in \{.*\})$/gm;

/** The migrations that are in the folder, with their files. */
function findWritten(options: FolderOptions, format: MigrationFormat): ReadonlyMap<string, string> {
  const written = new Map<string, string>();
  const here = describe(options);
  for (const [path, text] of options.contents) {
    const lines = [...text.replaceAll("\r\n", "\n").matchAll(anyFirstLine)];
    for (const [, migration, place] of lines) {
      if (place !== here)
        throw invalid(`${path} is ${place!}, and this is ${here}: give it a folder of its own`);
      written.set(migration!, path);
    }
    if (lines.length === 0 && (format.migrationName(path) ?? "").includes("_wispy_auth_")) {
      throw invalid(
        `${path} has lost the line that says which migration it is: put it back, or delete the file`,
      );
    }
  }
  return written;
}

/** All of them, whichever module was asked for; the ledger is one too. */
function tablesOf({ modules, namespace }: FolderOptions): string[] {
  const names = inDependencyOrder(modules).flatMap(({ tables }) => tables.map(({ name }) => name));
  return ["migrations", ...names].map((name) => namespace.prefix + name);
}

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message });
}
