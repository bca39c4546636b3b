import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import type { MigrateAtSignal } from "../programs/migrate-at-signal.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { stepsModule } from "../schema/support/steps-module.ts";
import { buildProgram, type Program } from "../support/run-program.ts";
import { createSqliteDatabase } from "../support/test-database.ts";
import { countApplied, failuresOf, startTogether } from "./support/start-together.ts";

const stepCount = 6;
const modules = [coreSchema, stepsModule(stepCount)];

describe("a SQLite file that many processes migrate", () => {
  let program: Program;
  beforeAll(async () => {
    program = await buildProgram("migrate-at-signal.ts");
  });
  afterAll(() => program.remove());

  // A borrowed handle keeps its own busy timeout: without one, all waiting is ours.
  it.each([
    ["DELETE", 5000],
    ["DELETE", 0],
    ["WAL", 5000],
    ["WAL", 0],
  ])(
    "D4-43 sqlite-stampede: 6 processes, %s journal, busy timeout %i: each migration once",
    async (journalMode, timeout) => {
      const database = await createSqliteDatabase();
      const setUp = new Database(database.name);
      expect(setUp.pragma(`journal_mode = ${journalMode}`, { simple: true })).toBe(journalMode.toLowerCase());
      setUp.close();
      for (let round = 0; round < 3; round += 1) {
        const namespace = `round${String(round)}`;
        const order: Omit<MigrateAtSignal, "signalFile"> = {
          url: database.url,
          namespace,
          work: stepCount,
          handle: { timeout },
        };
        const results = await startTogether(
          program,
          Array.from({ length: 6 }, () => order),
        );
        expect(failuresOf(results)).toBe("");
        expect(Object.values(countApplied(results))).toEqual(Array.from({ length: stepCount + 1 }, () => 1));
        const { manager } = await openSchema(database.open(), { namespace, modules });
        expect(await manager.verify()).toEqual({ drift: [], newer: [] });
      }
      await database.drop();
    },
  );

  it("D4-43 sqlite-stampede: 6 processes that open a new file by its URL: each migration once", async () => {
    const database = await createSqliteDatabase();
    const order = { url: database.url, namespace: "wispy", work: stepCount };
    const results = await startTogether(
      program,
      Array.from({ length: 6 }, () => order),
    );
    expect(failuresOf(results)).toBe("");
    expect(Object.values(countApplied(results))).toEqual(Array.from({ length: stepCount + 1 }, () => 1));
    await database.drop();
  });
});
