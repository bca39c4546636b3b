import { renderSql, type MigrationFormat } from "./migration-format.ts";
import { epochMilliseconds } from "./next-numbers.ts";

/** A file of SQL without a "Down Migration" is one that node-pg-migrate refuses to undo. */
export const nodePgMigrate: MigrationFormat = {
  folder: "migrations",
  dialects: ["postgres"],
  numbers: epochMilliseconds,
  migrationName: (path) => /^(\d[^/]*)\.[cm]?(?:sql|js|ts)$/.exec(path)?.[1] ?? null,
  path: (number, name) => `${number}_${name}.sql`,
  render: (script) => renderSql(script),
};
