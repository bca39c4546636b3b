import { promises as fs } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import {
  FileMigrationProvider,
  Kysely,
  Migrator,
  PostgresDialect,
  SqliteDialect,
  type MigrationResultSet,
} from "kysely";
import pg from "pg";
import { expect, it } from "vitest";
import type { MigrationTool, ToolRun } from "./support/migration-tool.ts";
import { describeRoundTrip } from "./support/round-trip.ts";

/** As Kysely's documents set a migrator up. */
async function withMigrator<T>(run: ToolRun, use: (migrator: Migrator) => Promise<T>): Promise<T> {
  const { database, dialect, project } = run;
  const db = new Kysely<unknown>({
    dialect:
      dialect === "postgres"
        ? new PostgresDialect({ pool: new pg.Pool({ connectionString: database.directUrl }) })
        : new SqliteDialect({ database: new Database(database.name) }),
  });
  const migrationFolder = `${project.folder}/migrations`;
  const provider = new FileMigrationProvider({ fs, path, migrationFolder });
  try {
    return await use(new Migrator({ db, provider }));
  } finally {
    await db.destroy();
  }
}

const create = async ({ project }: ToolRun, name: string, up: string): Promise<void> => {
  const number = await project.nextNumber("migrations", "1700000000000");
  const text = `export const up = (db) => db.schema.${up}.execute();\n`;
  await project.write(`migrations/${number}_${name}.mjs`, text);
};

function resultsOf({ error, results }: MigrationResultSet): string[] {
  if (error !== undefined) throw error;
  return (results ?? []).map(({ status, migrationName }) => `${status} ${migrationName}`);
}

const kysely: MigrationTool = {
  format: "kysely",
  begin: (trip) =>
    create(trip, "notes", 'createTable("notes").addColumn("id", "integer").addColumn("text", "text")'),
  addColumn: (trip) => create(trip, "done", 'alterTable("notes").addColumn("done", "boolean")'),
  migrate: async (trip) => {
    const results = resultsOf(await withMigrator(trip, (migrator) => migrator.migrateToLatest()));
    expect(results).not.toEqual([]);
    for (const result of results) expect(result).toMatch(/^Success /);
  },
  expectNothingToDo: async (trip) => {
    const migrations = await withMigrator(trip, (migrator) => migrator.getMigrations());
    expect(migrations).toHaveLength(6);
    expect(migrations.filter(({ executedAt }) => executedAt === undefined)).toEqual([]);
    expect(resultsOf(await withMigrator(trip, (migrator) => migrator.migrateToLatest()))).toEqual([]);
  },
};

describeRoundTrip(kysely, { dialect: "postgres" }, (trip) => {
  it("refuses to go down, and loses nothing by the attempt", async () => {
    const { error } = await withMigrator(trip, (migrator) => migrator.migrateDown());
    expect(String(error)).toContain("badges/003-colour of wispy-auth goes forward only and cannot be undone");
    await kysely.expectNothingToDo(trip);
  });
});
describeRoundTrip(kysely, { dialect: "sqlite" });
