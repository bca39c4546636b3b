import { templateLiteral, type MigrationFormat } from "./migration-format.ts";
import { utcSeconds } from "./next-numbers.ts";

/** CommonJS, since Knex loads no `.mjs` by itself, and a `.js` would have to be what the project's are. */
export const knex: MigrationFormat = {
  folder: "migrations",
  dialects: ["postgres", "sqlite"],
  numbers: utcSeconds,
  migrationName: (path) => /^(\d[^/]*)\.[cm]?[jt]s$/.exec(path)?.[1] ?? null,
  path: (number, name) => `${number}_${name}.cjs`,
  render({ migration, dialect, comment, statements }) {
    // On PostgreSQL Knex takes every question mark without a backslash for a parameter.
    const raw = dialect === "sqlite" ? statements : statements.map((text) => text.replaceAll("?", "\\?"));
    return `${comment.map((line) => `// ${line}\n`).join("")}
const statements = [
${raw.map((text) => `  ${templateLiteral(text)},\n`).join("")}];

/** @param {import("knex").Knex} knex */
exports.up = async (knex) => {
  for (const statement of statements) await knex.raw(statement);
};

exports.down = async () => {
  throw new Error("${migration} of wispy-auth goes forward only and cannot be rolled back");
};
`;
  },
};
