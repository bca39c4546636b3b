import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { TestDatabase } from "../../support/test-database.ts";
import type { ToolRun } from "./migration-tool.ts";
import type { PushTool } from "./push-tests.ts";

interface PrismaOptions {
  /** Default: the run's. */
  readonly database?: TestDatabase;
  readonly exitCode?: number;
}

// `migrate dev` refuses to work where nobody sits, and the engine leaves a timer behind that keeps the process.
const terminal = `process.stdin.isTTY = true;
const { setTimeout } = globalThis;
globalThis.setTimeout = (run, delay, ...args) => {
  const timer = setTimeout(run, delay, ...args);
  if (delay >= 5_000) timer.unref();
  return timer;
};
`;

export const fromMigrations = ["--from-migrations", "prisma/migrations"];

const adapters = fileURLToPath(new URL("./prisma-adapters.ts", import.meta.url));

const configure: PushTool["configure"] = async (trip, exclude) => {
  const { project, dialect } = trip;
  await project.write("terminal.mjs", terminal);
  await project.write(
    "prisma.config.ts",
    `import { ${dialect}Adapter } from ${JSON.stringify(adapters)};

export default {
  experimental: { adapter: true, externalTables: true },
  engine: "js",
  adapter: async () => ${dialect}Adapter(process.env.DATABASE),
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  tables: { external: ${JSON.stringify(exclude ? excludedTables(trip) : [])} },
};
`,
  );
};

const declare: PushTool["declare"] = ({ project, dialect }, done) =>
  project.write(
    "prisma/schema.prisma",
    `datasource db {
  provider = "${dialect === "postgres" ? "postgresql" : "sqlite"}"
  url      = "${dialect === "postgres" ? "postgresql://unused" : "file:unused"}"
}

model notes {
  id   Int    @id
  text String${done ? "\n  done Boolean @default(false)" : ""}
}
`,
  );

export const run = (
  trip: ToolRun,
  args: readonly string[],
  { database = trip.database, exitCode = 0 }: PrismaOptions = {},
): Promise<string> =>
  trip.project.run("prisma/build/index.js", {
    args,
    env: {
      DATABASE: database.dialect === "postgres" ? database.directUrl : database.name,
      NODE_OPTIONS: `--import ${trip.project.folder}/terminal.mjs`,
      // Nothing is to be downloaded: no query engine is needed, and there is nowhere to have one from.
      PRISMA_QUERY_ENGINE_LIBRARY: `${trip.project.folder}/package.json`,
      PRISMA_ENGINES_MIRROR: "http://127.0.0.1:9",
      CHECKPOINT_DISABLE: "1",
      CI: "",
    },
    exitCode,
  });

/** The migration that Prisma makes of what the schema says and the migrations do not. */
const create = async (trip: ToolRun, name: string, from: readonly string[]): Promise<void> => {
  const number = await trip.project.nextNumber("prisma/migrations", "20240101000000");
  const path = `prisma/migrations/${number}_${name}/migration.sql`;
  await trip.project.write(path, "");
  const to = ["--to-schema-datamodel", "prisma/schema.prisma", "--script", "--output", path];
  await run(trip, ["migrate", "diff", ...from, ...to]);
};

export const prisma: PushTool = {
  format: "prisma",
  configure,
  declare,
  push: (trip) => run(trip, ["db", "push", "--skip-generate", "--accept-data-loss"]),
  inSync: "The database is already in sync with the Prisma schema.",
  changed: "Your database is now in sync with your Prisma schema.",
  async begin(trip) {
    await configure(trip, trip.namespace.prefix !== "");
    await declare(trip, false);
    await create(trip, "notes", ["--from-empty"]);
  },
  async addColumn(trip) {
    await declare(trip, true);
    await create(trip, "done", fromMigrations);
  },
  async migrate(trip) {
    expect(await run(trip, ["migrate", "deploy"])).toContain(
      "All migrations have been successfully applied.",
    );
  },
  async expectNothingToDo(trip) {
    expect(await run(trip, ["migrate", "status"])).toContain("Database schema is up to date!");
    expect(await run(trip, ["migrate", "deploy"])).toContain("No pending migrations to apply.");
  },
};

/** What docs/migrations.md tells to configure where our tables are beside the application's. */
function excludedTables({ dialect, namespace: { schema, prefix } }: ToolRun): string[] {
  const names = ["migrations", "users", "credentials", "sessions", "devices", "attempts", "events"];
  const tables = [...names, "badges", "awards"].map((name) => prefix + name);
  return dialect === "postgres" ? tables.map((table) => `${schema}.${table}`) : tables;
}
