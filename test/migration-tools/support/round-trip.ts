import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { exportFolder } from "../../../src/cli/commands/sql-folder.ts";
import { systemClock } from "../../../src/clock.ts";
import { coreSchema } from "../../../src/core/migrations/core-schema.ts";
import type { DialectName } from "../../../src/database/database.ts";
import { resolveNamespace, type NamespaceOption } from "../../../src/database/namespace.ts";
import type { FolderPlan } from "../../../src/schema/export-folder.ts";
import { migrationFormats } from "../../../src/schema/export-formats/migration-formats.ts";
import { migrationLabel, type SchemaModule } from "../../../src/schema/migration.ts";
import { badgesAt, badgesSchema } from "../../schema/support/badges-module.ts";
import { openSchema } from "../../schema/support/open-schema.ts";
import { openStatementLog } from "../../schema/support/statement-log.ts";
import {
  createPostgresDatabase,
  createSqliteDatabase,
  type TestDatabase,
} from "../../support/test-database.ts";
import type { MigrationTool, ToolRun } from "./migration-tool.ts";
import { readOurCatalogue } from "./our-catalogue.ts";
import { createToolProject } from "./tool-project.ts";

/** Where our tables are. */
export interface Place {
  readonly dialect: DialectName;
  readonly option?: NamespaceOption;
}

export interface RoundTrip extends ToolRun {
  /** Writes what the folder lacks of these modules' migrations, as `wispy-auth sql --format` does. */
  exportModules(modules: readonly SchemaModule[]): Promise<FolderPlan>;
  readonly folder: string;
}

/** For tests that start a tool's command several times; a loaded machine takes ten seconds for each. */
export const slow = { timeout: 180_000 };

/** What an application had when it began, and what it has after an upgrade. */
export const firstRelease: readonly SchemaModule[] = [coreSchema, badgesAt(1)];
export const secondRelease: readonly SchemaModule[] = [coreSchema, badgesSchema];

/**
 * D4-26: the tool applies our migrations between the application's own, from an empty database and after an
 * upgrade, and nothing can be told from a database that `migrate` made. Tests that need the result go into `more`.
 */
export function describeRoundTrip(
  tool: MigrationTool,
  place: Place,
  more: (trip: RoundTrip) => void = () => undefined,
): void {
  const namespace = resolveNamespace(place.option, place.dialect);
  const where = place.dialect === "postgres" ? `schema ${namespace.schema}` : "SQLite";
  const prefix = namespace.prefix === "" ? "" : `, prefix ${namespace.prefix}`;
  describe(`D4-26 exported-sql-roundtrip: ${tool.format} (${where}${prefix})`, slow, () => {
    const trip = planRoundTrip(tool, place);

    it("applies our migrations between the application's own, to an empty database", async () => {
      await tool.begin(trip);
      const plan = await trip.exportModules(firstRelease);
      expect(plan.migrations.map(({ isNew }) => isNew)).not.toContain(false);
      await tool.addColumn(trip);
      await tool.migrate(trip);
      await expectSameAsMigrate(trip, firstRelease);
      await trip.database.open().query("insert into notes (id, text, done) values (1, 'hello', true)");
    });

    it("exports and applies what an upgrade brings, and that alone", async () => {
      const before = await trip.project.list(".");
      const plan = await trip.exportModules(secondRelease);
      const added = plan.migrations.filter(({ isNew }) => isNew);
      expect(added.map(({ migration }) => migration)).toEqual(["badges/002-awards", "badges/003-colour"]);
      const files = added.map(({ path }) => join(trip.folder, path));
      expect((await trip.project.list(".")).filter((path) => !before.includes(path))).toEqual(
        expect.arrayContaining(files),
      );
      await tool.migrate(trip);
      await expectSameAsMigrate(trip, secondRelease);
    });

    it("leaves nothing to be done by createAuth: one statement", async () => {
      const log = await openStatementLog(trip.database, inject("postgres"));
      if ("totalCount" in log.native) await log.native.query("select 1");
      log.reset();
      const auth = await createAuth({ database: log.native, migrate: "auto", namespace: trip.namespace });
      expect(log.statements().filter((text) => !/^pragma foreign_keys$/i.test(text))).toEqual([
        expect.stringMatching(/^select\b/),
      ]);
      const email = "ada@example.com";
      const { user } = await auth.signUp({ email, password: "correct horse battery" });
      expect(user.email).toBe(email);
      await auth.close();
      await log.close();
    });

    it("leaves nothing to be done by the tool", async () => {
      await tool.expectNothingToDo(trip);
      const before = await trip.project.list(".");
      expect((await trip.exportModules(secondRelease)).files).toEqual([]);
      expect(await trip.project.list(".")).toEqual(before);
    });

    more(trip);
  });
}

/** A project and a database of its own for the tests of a suite. */
export function planRoundTrip({ format }: Pick<MigrationTool, "format">, place: Place): RoundTrip {
  const { dialect } = place;
  const namespace = resolveNamespace(place.option, dialect);
  const databases: TestDatabase[] = [];
  const createDatabase = async (): Promise<TestDatabase> => {
    const database =
      dialect === "postgres"
        ? await createPostgresDatabase({ server: inject("postgres") })
        : await createSqliteDatabase();
    databases.push(database);
    return database;
  };
  let run: Pick<ToolRun, "project" | "database"> | undefined;
  beforeAll(async () => {
    run = { project: await createToolProject(), database: await createDatabase() };
  });
  afterAll(async () => {
    for (const database of databases) await database.drop();
    await run?.project.remove();
  });
  const folder = migrationFormats[format].folder;
  return {
    dialect,
    namespace,
    folder,
    createDatabase,
    get project() {
      return run!.project;
    },
    get database() {
      return run!.database;
    },
    exportModules: (modules) =>
      exportFolder(join(run!.project.folder, folder), {
        modules,
        format,
        dialect,
        namespace,
        now: systemClock.now(),
      }),
  };
}

/** Compares with a database that `migrate` made. */
export async function expectSameAsMigrate(trip: RoundTrip, modules: readonly SchemaModule[]): Promise<void> {
  const { database, namespace } = trip;
  const automatic = (await trip.createDatabase()).open();
  await (await openSchema(automatic, { modules, namespace })).manager.migrate();
  const host = database.open();
  expect(await readOurCatalogue(host, namespace)).toEqual(await readOurCatalogue(automatic, namespace));
  const { manager } = await openSchema(host, { modules, namespace });
  const { applied, pending } = await manager.status();
  const labels = modules.flatMap(({ name: module, migrations }) =>
    migrations.map((migration) => migrationLabel({ module, migration })),
  );
  expect(pending).toEqual([]);
  expect(applied).toHaveLength(labels.length);
  expect(await manager.verify()).toEqual({ drift: [], newer: [] });
  await host.close();
  await automatic.close();
}
