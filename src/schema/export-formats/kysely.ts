import { templateLiteral, type MigrationFormat } from "./migration-format.ts";
import { epochMilliseconds } from "./next-numbers.ts";

/** A module for `FileMigrationProvider`. */
export const kysely: MigrationFormat = {
  folder: "migrations",
  dialects: ["postgres", "sqlite"],
  numbers: epochMilliseconds,
  migrationName: (path) => /^(\d[^/]*)\.[cm]?[jt]s$/.exec(path)?.[1] ?? null,
  path: (number, name) => `${number}_${name}.mjs`,
  render: ({ migration, comment, statements }) => `${comment.map((line) => `// ${line}\n`).join("")}
import { sql } from "kysely";

const statements = [
${statements.map((text) => `  ${templateLiteral(text)},\n`).join("")}];

/** @param {import("kysely").Kysely<any>} db */
export async function up(db) {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

export async function down() {
  throw new Error("${migration} of wispy-auth goes forward only and cannot be undone");
}
`,
};
