import type { DialectName, Namespace } from "../../database/database.ts";
import type { NumberStyle } from "./next-numbers.ts";

/** How a migration tool wants its migrations: as which files, named how, and written how. */
export interface MigrationFormat {
  /** Where the tool looks unless it is told otherwise, from the project's folder. */
  readonly folder: string;
  readonly dialects: readonly DialectName[];
  /** How migrations are numbered in a folder that has none yet. */
  readonly numbers: NumberStyle;
  /** The name by which the tool orders a file, its number first; `null` for a file that is no migration. */
  migrationName(path: string): string | null;
  /** The file for a migration, from the tool's folder. */
  path(number: string, name: string): string;
  /** @throws AuthError `configuration_invalid` for names that the tool would not take as they are */
  render(script: MigrationScript): string;
  /** What the tool keeps beside its migrations. */
  sideFiles?(added: readonly AddedMigration[], folder: ToolFolder): readonly FileToWrite[];
  /** How the tool is told that these tables are not its own; `null` where it leaves them alone anyway. */
  exclusion?(tables: readonly string[], place: ExportPlace): string | null;
}

/** One migration, ready to be written down. */
export interface MigrationScript {
  /** `core/001-accounts`. */
  readonly migration: string;
  readonly dialect: DialectName;
  /** Lines without the marks of a comment; the first is what the file is known by. */
  readonly comment: readonly string[];
  /** Without semicolons between them. */
  readonly statements: readonly string[];
}

export interface AddedMigration {
  readonly migration: string;
  /** As the tool knows it: number and name, without folder and ending. */
  readonly name: string;
  readonly path: string;
}

export interface ExportPlace {
  readonly dialect: DialectName;
  readonly namespace: Namespace;
}

/** What is there: text by path from the tool's folder, with `/` on every system. */
export type FolderContents = ReadonlyMap<string, string>;

export interface ToolFolder {
  readonly dialect: DialectName;
  readonly contents: FolderContents;
  readonly now: Date;
}

export interface FileToWrite {
  readonly path: string;
  readonly text: string;
  /** True for a file that is there and is written again, such as a list of migrations. */
  readonly replaces: boolean;
}

/** SQL with the comment before it. */
export function renderSql({ comment, statements }: MigrationScript, separator = "\n\n"): string {
  const lines = comment.map((line) => `-- ${line}\n`).join("");
  return `${lines}\n${statements.map((statement) => `${statement};`).join(separator)}\n`;
}

/** A string of JavaScript that is laid out as the text is. */
export function templateLiteral(text: string): string {
  const escaped = text.replaceAll(/[\\`]|\$\{/g, String.raw`\$&`);
  // JavaScript reads a line end of any kind as a line feed.
  return `\`${escaped.replaceAll("\r", String.raw`\r`)}\``;
}
