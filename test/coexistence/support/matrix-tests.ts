import { handleColumns, type HandleName } from "./scenario-handles.ts";
import type { Scenario } from "./scenarios.ts";

/** A test of a run, as the matrix looks at it. */
export interface TestResult {
  readonly file: string;
  readonly ancestors: readonly string[];
  readonly title: string;
  readonly fullName: string;
  /** Anything but these two: it was not run. */
  readonly status: string;
}

/** What a run writes with `--reporter=json`, as far as it is read. */
export interface RunReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly message?: string;
    readonly status?: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly fullName: string;
      readonly status: string;
    }[];
  }[];
}

const handles: readonly HandleName[] = [...handleColumns.postgres, ...handleColumns.sqlite];

/** Tests whose file, and nothing else, tells on which handle they run; the first that fits. */
const files: readonly (readonly [part: string, handle: HandleName])[] = [
  ["drivers/pglite-", "PGlite"],
  ["drivers/postgres-js", "postgres.js"],
  ["drivers/libsql-client", "@libsql/client"],
  ["drivers/node-sqlite", "node:sqlite"],
  ["drivers/kysely-quirks", "Kysely on PostgreSQL"],
  ["drivers/knex-quirks", "Knex on PostgreSQL"],
  ["drivers/prisma-quirks", "Prisma on PostgreSQL"],
];

/** On which scenarios the tests of test/programs/node-sqlite.ts bear, which a run shows as one test. */
const nodeSqliteProgram = {
  title: "passes the conformance suite, and what an application does to it",
  shows: [16, 18, 22, 28, 29, 30, 31, 32, 33, 37, 41, 43, 44, 45, 46, 47, 48],
};

export function testsOf(report: RunReport): TestResult[] {
  return report.testResults.flatMap((file) =>
    file.assertionResults.map(({ ancestorTitles, title, fullName, status }) => ({
      file: file.name,
      ancestors: ancestorTitles,
      title,
      fullName,
      status,
    })),
  );
}

/** Files that could not be run at all. */
export function brokenFilesOf(report: RunReport): string[] {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((t) => t.status !== "failed"),
  );
  return broken.map(({ name, message = "" }) => `${name}: ${message}`);
}

/** The scenarios whose numbers a test bears: "D4-22 host-has-users-table, D4-23 search-path-hostile: …". */
export function numbersOf({ fullName }: TestResult): number[] {
  return [...fullName.matchAll(/D4-(\d+)/g)].map(([, number]) => Number(number));
}

export function showsWithoutNumber({ title }: TestResult, { number, shownBy }: Scenario): boolean {
  if (title === nodeSqliteProgram.title) return nodeSqliteProgram.shows.includes(number);
  return shownBy !== undefined && title.includes(shownBy);
}

/** The handles a test runs on: by its name, else by its file; a test that says nothing is one of the first two drivers. */
export function handlesOf({ file, ancestors, title, fullName }: TestResult): readonly HandleName[] {
  const named = handles.filter(
    (handle) =>
      title.endsWith(`: ${handle}`) ||
      ancestors.some(
        (ancestor) =>
          ancestor.startsWith(`${handle}: `) ||
          ancestor === `${handle} with one connection` ||
          ancestor === `processes that share a SQLite file by ${handle}`,
      ),
  );
  if (named.length > 0) return named;
  if (/drivers\/libsql-client/.test(file) && title.includes("on memory")) return ["@libsql/client in memory"];
  const byFile = files.find(([part]) => file.includes(part));
  if (byFile !== undefined) return [byFile[1]];
  // A conformance suite under another name: "postgres.js without prepared statements: a handle in use".
  if (ancestors.some((ancestor) => /: a handle (in use|that is lent)$/.test(ancestor))) return [];
  if (fullName.includes("(postgres)")) return ["pg.Pool"];
  return /sqlite/i.test(`${file} ${fullName}`.replaceAll(/D4-\d+ sqlite-\S+/g, ""))
    ? ["better-sqlite3"]
    : ["pg.Pool"];
}
