import { expect, it } from "vitest";
import type { MigrationTool, ToolRun } from "./support/migration-tool.ts";
import { describeRoundTrip } from "./support/round-trip.ts";

const run = ({ project }: ToolRun, command: string, exitCode = 0): Promise<string> =>
  project.run("knex/bin/cli.js", { args: [command, "--knexfile", "knexfile.js"], exitCode });

const configure = async ({ project, database, dialect }: ToolRun): Promise<void> => {
  const configuration =
    dialect === "postgres"
      ? { client: "pg", connection: database.directUrl }
      : { client: "better-sqlite3", connection: { filename: database.name }, useNullAsDefault: true };
  await project.write("knexfile.js", `export default ${JSON.stringify(configuration)};\n`);
};

const create = async ({ project }: ToolRun, name: string, up: string): Promise<void> => {
  const number = await project.nextNumber("migrations", "20240101000000");
  const text = `export const up = (knex) => knex.schema.${up};\nexport const down = () => {};\n`;
  await project.write(`migrations/${number}_${name}.js`, text);
};

const knex: MigrationTool = {
  format: "knex",
  async begin(trip) {
    await configure(trip);
    await create(
      trip,
      "notes",
      'createTable("notes", (t) => { t.integer("id").primary(); t.text("text"); })',
    );
  },
  addColumn: (trip) => create(trip, "done", 'alterTable("notes", (t) => { t.boolean("done"); })'),
  migrate: async (trip) => {
    expect(await run(trip, "migrate:latest")).toMatch(/Batch \d run: \d migrations/);
  },
  expectNothingToDo: async (trip) => {
    expect(await run(trip, "migrate:list")).toContain("No Pending Migration files Found");
    expect(await run(trip, "migrate:latest")).toContain("Already up to date");
  },
};

describeRoundTrip(knex, { dialect: "postgres" }, (trip) => {
  it("refuses to be rolled back, and loses nothing by the attempt", async () => {
    expect(await run(trip, "migrate:rollback", 1)).toContain(
      "badges/003-colour of wispy-auth goes forward only and cannot be rolled back",
    );
    expect(await run(trip, "migrate:list")).toContain("No Pending Migration files Found");
  });
});
describeRoundTrip(knex, { dialect: "sqlite" });
// Knex reads a question mark as a parameter.
describeRoundTrip(knex, { dialect: "postgres", option: "what?" });
