import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { buildProgram, type Program, type ProgramResult } from "../support/run-program.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";

describe("an application without `error` listeners, its connections killed", () => {
  let program: Program;
  let database: TestDatabase;
  beforeAll(async () => {
    program = await buildProgram("survive-kills.ts");
  });
  afterAll(() => program.remove());
  beforeEach(async () => {
    database = await createPostgresDatabase({ server: inject("postgres") });
  });
  afterEach(() => database.drop());

  const run = (kind: string): Promise<ProgramResult> => program.start([database.url, kind]).ended;
  async function outcomeOf(kind: string): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await run(kind);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  it("D4-34 idle-kill: a plain pool ends the process", async () => {
    const { code, stderr } = await run("plain-idle");
    expect(code).toBe(1);
    expect(stderr).toContain("terminating connection due to administrator command");
  });

  it.each(["idle", "owned-idle"])(
    "D4-34 idle-kill: the process lives and the next call works (%s)",
    async (kind) => {
      expect(await outcomeOf(kind)).toEqual({ alive: [true, true, true, true, true, true], listeners: 0 });
    },
  );

  it.each(["shared", "owned-shared"])(
    "D4-34 idle-kill: the process lives when another one on the same pool was closed (%s)",
    async (kind) => {
      expect(await outcomeOf(kind)).toEqual({ users: 0, listeners: 0 });
    },
  );

  it("D4-34 tx-kill, inflight-kill: reads and scripts are run again, a lone write's outcome is unknown", async () => {
    expect(await outcomeOf("at-work")).toEqual({
      read: "done",
      script: "done",
      write: "outcome_unknown",
      counted: 2,
    });
  });

  it("D4-34 inflight-kill: 40 kills during sign-ups and session checks", async () => {
    const { failed, missing, unanswered, sessionAlive, ...counts } = await outcomeOf("load");
    console.log("40 kills under load:", { ...counts, failed, missing, unanswered });
    expect(unanswered).toBeLessThanOrEqual((failed as Record<string, number>)["outcome_unknown"] ?? 0);
    expect({ missing, sessionAlive }).toEqual({ missing: 0, sessionAlive: true });
    const known = ["outcome_unknown", "database_unavailable"];
    expect(Object.keys(failed as object).filter((code) => !known.includes(code))).toEqual([]);
  });
});
