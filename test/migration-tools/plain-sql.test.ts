import { expect, it } from "vitest";
import type { MigrationTool, ToolRun } from "./support/migration-tool.ts";
import { describeRoundTrip } from "./support/round-trip.ts";

// Flyway itself is a program for Java and does not run here. What its documents say of a folder of SQL is done by
// hand: the names it accepts, the order of versions, one transaction for each file, a table of what has run.
const versionedName = /^sql\/V(\d+(?:[._]\d+)*)__\w+\.sql$/;
const history = "flyway_schema_history";

interface PlainFile {
  readonly path: string;
  readonly version: readonly number[];
}

async function listVersions({ project }: ToolRun): Promise<PlainFile[]> {
  const files = (await project.list("sql")).map((path) => {
    const version = versionedName.exec(path)?.[1];
    if (version === undefined) throw new Error(`${path} is no name of a versioned migration`);
    return { path, version: version.split(/[._]/).map(Number) };
  });
  return files.sort((a, b) => compareVersions(a.version, b.version));
}

function compareVersions(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at === -1 ? a.length - b.length : a[at]! - (b[at] ?? -1);
}

/** Runs what has not run yet, and returns it. */
async function runPending(trip: ToolRun): Promise<string[]> {
  const host = trip.database.open({ max: 1 });
  const execute = async (sql: string): Promise<void> => {
    if (host.dialect === "postgres") await host.pool.query(sql);
    else host.sqlite.exec(sql);
  };
  await execute(`create table if not exists ${history} (path text primary key)`);
  const done = (await host.query(`select path from ${history}`)).map(({ path }) => path);
  const pending = (await listVersions(trip)).filter(({ path }) => !done.includes(path));
  for (const { path } of pending) {
    const text = await trip.project.read(path);
    // What Flyway would replace.
    expect(text).not.toMatch(/\$\{/);
    await execute("begin");
    await execute(text);
    await host.query(`insert into ${history} (path) values ($1)`, [path]);
    await execute("commit");
  }
  await host.close();
  return pending.map(({ path }) => path);
}

const plainSql = (notes: string, done: string): MigrationTool => ({
  format: "flyway",
  begin: ({ project }) =>
    project.write(`sql/${notes}`, "create table notes (id int primary key, text text);"),
  addColumn: ({ project }) => project.write(`sql/${done}`, "alter table notes add column done boolean;"),
  migrate: async (trip) => expect(await runPending(trip)).not.toEqual([]),
  expectNothingToDo: async (trip) => expect(await runPending(trip)).toEqual([]),
});

for (const dialect of ["postgres", "sqlite"] as const) {
  describeRoundTrip(plainSql("V1__notes.sql", "V4__done.sql"), { dialect }, (trip) => {
    it("goes on counting where the application left off", async () => {
      expect((await listVersions(trip)).map(({ path }) => path)).toEqual([
        "sql/V1__notes.sql",
        "sql/V2__wispy_auth_core_001_accounts.sql",
        "sql/V3__wispy_auth_badges_001_badges.sql",
        "sql/V4__done.sql",
        "sql/V5__wispy_auth_badges_002_awards.sql",
        "sql/V6__wispy_auth_badges_003_colour.sql",
      ]);
    });
  });
}
