import { renderSql, type MigrationFormat } from "./migration-format.ts";
import { utcSeconds } from "./next-numbers.ts";

const lockFile = "migration_lock.toml";
const providers = { postgres: "postgresql", sqlite: "sqlite" } as const;

/** Prisma Migrate sends a file to PostgreSQL as it is, and opens no transaction on SQLite. */
export const prisma: MigrationFormat = {
  folder: "prisma/migrations",
  dialects: ["postgres", "sqlite"],
  numbers: utcSeconds,
  migrationName: (path) => /^([^/]+)\/migration\.sql$/.exec(path)?.[1] ?? null,
  path: (number, name) => `${number}_${name}/migration.sql`,
  render(script) {
    if (script.dialect === "postgres") return renderSql(script);
    return renderSql({ ...script, statements: ["begin immediate", ...script.statements, "commit"] });
  },
  sideFiles: (_added, { dialect, contents }) =>
    contents.has(lockFile)
      ? []
      : [{ path: lockFile, text: `provider = "${providers[dialect]}"\n`, replaces: false }],
  exclusion(tables, { dialect, namespace }) {
    if (namespace.prefix === "") return null;
    const names = tables.map((table) => (dialect === "postgres" ? `${namespace.schema}.${table}` : table));
    return `prisma.config.ts needs  experimental: { externalTables: true }, tables: { external: ${JSON.stringify(names)} }`;
  },
};
