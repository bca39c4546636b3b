import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { buildProgram, type Program } from "../support/run-program.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";

describe("an application on postgres.js, its connections killed", () => {
  let program: Program;
  let database: TestDatabase;
  beforeAll(async () => {
    program = await buildProgram("survive-postgres-js-kills.ts");
  });
  afterAll(() => program.remove());
  beforeEach(async () => {
    database = await createPostgresDatabase({ server: inject("postgres") });
  });
  afterEach(() => database.drop());

  async function outcomeOf(kind: string): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await program.start([database.url, kind]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  it("D4-34 inflight-kill: a transaction of its own ends the process, as postgres.js sends its ROLLBACK", async () => {
    const { code, stderr } = await program.start([database.url, "plain"]).ended;
    expect(code).toBe(1);
    expect(stderr).toContain("Cannot read properties of null (reading 'write')");
  });

  it("D4-34 idle-kill: the next call works", async () => {
    expect(await outcomeOf("idle")).toEqual({ alive: [true, true, true, true, true, true] });
  });

  it("D4-34 tx-kill, inflight-kill: nothing is lost, since a lone write too is a transaction", async () => {
    expect(await outcomeOf("at-work")).toEqual({
      read: "done",
      script: "done",
      write: "done",
      counted: 2,
    });
  });

  it("D4-34 inflight-kill: the process lives through 40 kills during sign-ups and session checks", async () => {
    const { failed, missing, unanswered, sessionAlive, ...counts } = await outcomeOf("load");
    console.log("postgres.js, 40 kills under load:", { ...counts, failed, missing, unanswered });
    expect(unanswered).toBeLessThanOrEqual((failed as Record<string, number>)["outcome_unknown"] ?? 0);
    expect({ missing, sessionAlive }).toEqual({ missing: 0, sessionAlive: true });
    const known = ["outcome_unknown", "database_unavailable"];
    expect(Object.keys(failed as object).filter((code) => !known.includes(code))).toEqual([]);
  });
});
