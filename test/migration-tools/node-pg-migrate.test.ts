import { expect, it } from "vitest";
import type { MigrationTool, ToolRun } from "./support/migration-tool.ts";
import { describeRoundTrip } from "./support/round-trip.ts";

const run = ({ project, database }: ToolRun, args: readonly string[], exitCode = 0): Promise<string> =>
  project.run("node-pg-migrate/bin/node-pg-migrate.js", {
    args: [...args, "--migrations-dir", "migrations"],
    env: { DATABASE_URL: database.directUrl },
    exitCode,
  });

/** As `node-pg-migrate create --migration-file-language sql` names and lays out a file. */
const create = async ({ project }: ToolRun, name: string, up: string): Promise<void> => {
  const number = await project.nextNumber("migrations", "1700000000000");
  await project.write(`migrations/${number}_${name}.sql`, `-- Up Migration\n${up}\n\n-- Down Migration\n`);
};

const nodePgMigrate: MigrationTool = {
  format: "node-pg-migrate",
  begin: (trip) => create(trip, "notes", "create table notes (id int primary key, text text not null);"),
  addColumn: (trip) =>
    create(trip, "done", "alter table notes add column done boolean not null default false;"),
  migrate: async (trip) => {
    expect(await run(trip, ["up"])).toContain("Migrations complete!");
  },
  expectNothingToDo: async (trip) => {
    expect(await run(trip, ["up", "--dry-run"])).toContain("No migrations to run!");
    expect(await run(trip, ["up"])).toContain("No migrations to run!");
  },
};

describeRoundTrip(nodePgMigrate, { dialect: "postgres" }, (trip) => {
  it("refuses to go down, and says so in its own words", async () => {
    expect(await run(trip, ["down"], 1)).toMatch(
      /User has disabled down migration on file: \d+_wispy_auth_badges_003_colour/,
    );
    expect(await run(trip, ["up"])).toContain("No migrations to run!");
  });
});
