import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { driverHandles } from "../support/driver-handles.ts";
import { judge, problemsOf, renderMatrix, title } from "./support/matrix.ts";
import type { TestResult } from "./support/matrix-tests.ts";
import { handleColumns } from "./support/scenario-handles.ts";
import { scenarios } from "./support/scenarios.ts";

const page = readFileSync(new URL("../../docs/coexistence-matrix.md", import.meta.url), "utf8");
const cellsOf = (line: string): string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

it("every handle that can be lent has a column", () => {
  for (const dialect of ["postgres", "sqlite"] as const) {
    const known = driverHandles.filter((handle) => handle.dialect === dialect).map(({ name }) => name);
    // Listed only where this Node.js has it.
    if (dialect === "sqlite" && !known.includes("node:sqlite")) known.push("node:sqlite");
    expect([...handleColumns[dialect]].toSorted()).toEqual(known.toSorted());
  }
});

it("docs/coexistence-matrix.md shows every scenario on every handle", () => {
  const tables = page.split(/^## /m).filter((section) => /^(PostgreSQL|SQLite)\n/.test(section));
  expect(tables).toHaveLength(2);
  for (const [i, handles] of [handleColumns.postgres, handleColumns.sqlite].entries()) {
    const [head = "", , ...rows] = tables[i]!.split("\n").filter((line) => line.startsWith("|"));
    expect(cellsOf(head)).toEqual(["scenario", ...handles]);
    expect(rows.map((row) => cellsOf(row)[0])).toEqual(scenarios.map(title));
    for (const row of rows)
      for (const cell of cellsOf(row).slice(1)) expect(cell).toMatch(/^(✓|✗|[–○] [a-z])$/);
  }
});

it("docs/coexistence.md names scenarios that there are", () => {
  const text = readFileSync(new URL("../../docs/coexistence.md", import.meta.url), "utf8");
  const named = [...text.matchAll(/D4-(\d+) ([\w-]+)/g)].map(([, number, name]) => `${number!} ${name!}`);
  expect(named.length).toBeGreaterThan(10);
  expect(scenarios.map(title)).toEqual(expect.arrayContaining(named));
});

it("a scenario without a test that passed is a problem, and so is one with a test that failed", () => {
  expect(problemsOf(judge([]))).toContain("49 sql-lint, pg.Pool: no test was found");
  const result: TestResult = {
    file: "/test/coexistence/a.test.ts",
    ancestors: ["tables (postgres)"],
    title: "D4-49 sql-lint: of whatever",
    fullName: "tables (postgres) D4-49 sql-lint: of whatever",
    status: "passed",
  };
  expect(problemsOf(judge([result])).join()).not.toContain("49 sql-lint, pg.Pool");
  const failed = judge([result, { ...result, status: "failed" }]);
  expect(problemsOf(failed)).toContain(`49 sql-lint, pg.Pool: ${result.fullName}`);
  expect(renderMatrix(failed)).toMatch(/49 sql-lint \| ✗ \|/);
});
