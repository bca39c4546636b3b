import { handlesOf, numbersOf, showsWithoutNumber, type TestResult } from "./matrix-tests.ts";
import { handleColumns, reasons, type HandleName, type Reason } from "./scenario-handles.ts";
import { scenarios, type Scenario } from "./scenarios.ts";

type Mark = "✓" | "–" | "○" | "✗";

/** What is known of a scenario on a handle. */
interface Cell {
  readonly mark: Mark;
  readonly reason?: Reason;
  /** For ✗: the tests that failed, or that there is none. */
  readonly wrong?: readonly string[];
}

interface Row {
  readonly scenario: Scenario;
  readonly cells: ReadonlyMap<HandleName, Cell>;
}

export type Matrix = readonly Row[];

const columns: readonly HandleName[] = [...handleColumns.postgres, ...handleColumns.sqlite];

/** Each scenario on each handle, by the results of a run. */
export function judge(results: readonly TestResult[]): Matrix {
  return scenarios.map((scenario) => ({
    scenario,
    cells: new Map(columns.map((handle) => [handle, judgeCell(scenario, handle, results)])),
  }));
}

function judgeCell(scenario: Scenario, handle: HandleName, results: readonly TestResult[]): Cell {
  const notFor = scenario.notFor[handle];
  if (notFor !== undefined) return { mark: "–", reason: notFor };
  const onHandle = results.filter((result) => handlesOf(result).includes(handle));
  const numbered = onHandle.filter((result) => numbersOf(result).includes(scenario.number));
  const other = onHandle.filter((result) => showsWithoutNumber(result, scenario));
  const failed = [...numbered, ...other].filter(({ status }) => status === "failed");
  if (failed.length > 0) return { mark: "✗", wrong: failed.map(({ fullName }) => fullName) };
  if (numbered.some(({ status }) => status === "passed")) return { mark: "✓" };
  const notRun = scenario.notRun?.[handle];
  if (notRun !== undefined) return { mark: "○", reason: notRun };
  if (other.some(({ status }) => status === "passed")) return { mark: "✓" };
  if (numbered.length + other.length > 0) return { mark: "○", reason: "skipped" };
  return { mark: "✗", wrong: ["no test was found"] };
}

/** Every ✗, in words. */
export function problemsOf(matrix: Matrix): string[] {
  return matrix.flatMap(({ scenario, cells }) =>
    [...cells].flatMap(([handle, { wrong = [] }]) =>
      wrong.map((what) => `${title(scenario)}, ${handle}: ${what}`),
    ),
  );
}

/** "✓ 90, – 20, ○ 10, ✗ 0" */
export function countMarks(matrix: Matrix): string {
  const marks = matrix.flatMap(({ cells }) => [...cells.values()].map(({ mark }) => mark));
  const count = (wanted: Mark): number => marks.filter((mark) => mark === wanted).length;
  return (["✓", "–", "○", "✗"] as const).map((mark) => `${mark} ${String(count(mark))}`).join(", ");
}

/** The matrix as Markdown: a table for each kind of database, and below what the letters stand for. */
export function renderMatrix(matrix: Matrix): string {
  const letters = lettersOf(matrix);
  const table = (handles: readonly HandleName[]): string =>
    [
      `| scenario | ${handles.join(" | ")} |`,
      `| --- |${handles.map(() => " --- |").join("")}`,
      ...matrix.map(({ scenario, cells }) => {
        const marks = handles.map((handle) => spell(cells.get(handle)!, letters));
        return `| ${title(scenario)} | ${marks.join(" | ")} |`;
      }),
    ].join("\n");
  return [
    `## PostgreSQL\n\n${table(handleColumns.postgres)}`,
    `## SQLite\n\n${table(handleColumns.sqlite)}`,
    `## The letters\n\n${[...letters].map(([reason, letter]) => `- ${letter}: ${reasons[reason]}`).join("\n")}`,
    `## The scenarios\n\n${scenarios.map((scenario) => `- ${title(scenario)}: ${scenario.holds}`).join("\n")}`,
  ].join("\n\n");
}

export function title({ number, name }: Scenario): string {
  return `${String(number).padStart(2, "0")} ${name}`;
}

/** A letter for each reason, by the order in which they occur. */
function lettersOf(matrix: Matrix): ReadonlyMap<Reason, string> {
  const cells = matrix.flatMap((row) => [...row.cells.values()]);
  const found = new Set(cells.flatMap(({ reason }) => reason ?? []));
  return new Map([...found].map((reason, i) => [reason, String.fromCharCode("a".charCodeAt(0) + i)]));
}

function spell({ mark, reason }: Cell, letters: ReadonlyMap<Reason, string>): string {
  return reason === undefined ? mark : `${mark} ${letters.get(reason)!}`;
}
