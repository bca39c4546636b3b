import { expect } from "vitest";
import type { ToolRun } from "./migration-tool.ts";
import type { PushTool } from "./push-tests.ts";

export const run = ({ project }: ToolRun, args: readonly string[]): Promise<string> =>
  project.run("drizzle-kit/bin.cjs", { args });

const configure = ({ project, database, dialect, namespace }: ToolRun, exclude: boolean): Promise<void> => {
  const url = dialect === "postgres" ? database.directUrl : `file:${database.name}`;
  const configuration = {
    dialect: dialect === "postgres" ? "postgresql" : "sqlite",
    schema: "./schema.ts",
    out: "./drizzle",
    dbCredentials: { url },
    ...(exclude && { tablesFilter: [`!${namespace.prefix}*`] }),
  };
  return project.write("drizzle.config.ts", `export default ${JSON.stringify(configuration)};\n`);
};

/** The application's table as its code has it, with or without the column that comes later. */
const declare = ({ project, dialect }: ToolRun, done: boolean): Promise<void> => {
  const [core, table, column] =
    dialect === "postgres"
      ? ["pg-core", "pgTable", 'boolean("done").notNull().default(false)']
      : ["sqlite-core", "sqliteTable", 'integer("done", { mode: "boolean" }).notNull().default(false)'];
  return project.write(
    "schema.ts",
    `import * as d from "drizzle-orm/${core}";
export const notes = d.${table}("notes", {
  id: d.integer("id").primaryKey(),
  text: d.text("text").notNull(),${done ? `\n  done: d.${column},` : ""}
});
`,
  );
};

export const drizzle: PushTool = {
  format: "drizzle",
  configure,
  declare,
  push: (trip) => run(trip, ["push", "--force"]),
  inSync: "No changes detected",
  changed: "Changes applied",
  async begin(trip) {
    await configure(trip, trip.namespace.prefix !== "");
    await declare(trip, false);
    await run(trip, ["generate", "--name", "notes"]);
  },
  async addColumn(trip) {
    await declare(trip, true);
    expect(await run(trip, ["generate", "--name", "done"])).toContain("0003_done.sql");
    expect(await trip.project.read("drizzle/0003_done.sql")).toMatch(
      /^ALTER TABLE \S+ ADD \S* ?\S*done\S* .*;$/,
    );
  },
  migrate: async (trip) => void (await run(trip, ["migrate"])),
  async expectNothingToDo(trip) {
    expect(await run(trip, ["check"])).toContain("Everything's fine");
    expect(await run(trip, ["generate"])).toContain("No schema changes, nothing to migrate");
    await run(trip, ["migrate"]);
  },
};
