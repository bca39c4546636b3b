import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findNodeWithSqlite } from "../support/node-sqlite.ts";
import { buildProgram, type Program } from "../support/run-program.ts";

const node = findNodeWithSqlite();
if (node === null) {
  console.log(
    "not run: node:sqlite: this Node.js has none that can be lent, and npm ci --prefix test/support/newer-node was not run",
  );
}

describe.skipIf(node === null)("node:sqlite", () => {
  let program: Program;
  beforeAll(async () => {
    program = await buildProgram("node-sqlite.ts", { node: node! });
  });
  afterAll(() => program.remove());

  // All of its tests in one: some 10 s, and a multiple of it on a machine that is busy.
  it("passes the conformance suite, and what an application does to it", { timeout: 180_000 }, async () => {
    const { code, stdout, stderr } = await program.start([], { NODE_OPTIONS: "--test-reporter=tap" }).ended;
    expect(code === 0 ? "" : failuresIn(stdout) + stderr).toBe("");
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(60);
    expect(stdout).toMatch(/^# (cancelled|skipped|todo) 0$/m);
  });
});

/** What a TAP report says of the tests that failed: their names, and the lines below. */
function failuresIn(report: string): string {
  return report.match(/^ *not ok .*(?:\n +(?!(?:not )?ok ).*)*/gm)?.join("\n") ?? report;
}
