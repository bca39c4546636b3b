import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { failuresOf, startTogether } from "../coexistence/support/start-together.ts";
import type { Journeys, SignUpWithoutPause } from "../programs/sign-up-without-pause.ts";
import { buildProgram } from "../support/run-program.ts";
import { createSqliteDatabase } from "../support/test-database.ts";

describe("DB-10: four processes on one SQLite file", () => {
  it("write without pause, and no caller meets a locked file", async () => {
    const program = await buildProgram("sign-up-without-pause.ts");
    const database = await createSqliteDatabase();
    const order: Omit<SignUpWithoutPause, "signalFile"> = { url: database.url, seconds: 3, callers: 4 };
    const results = await startTogether(program, [order, order, order, order]);
    expect(failuresOf(results)).toBe("");
    const journeys = results.map(({ stdout }) => JSON.parse(stdout.split("\n")[1]!) as Journeys);
    for (const { done, failures } of journeys) {
      expect(failures).toEqual([]);
      expect(done).toBeGreaterThan(0);
    }
    const done = journeys.reduce((sum, one) => sum + one.done, 0);
    const handle = new Database(database.name);
    const count = (table: string): unknown => handle.prepare(`select count(*) from ${table}`).pluck().get();
    expect(handle.pragma("integrity_check", { simple: true })).toBe("ok");
    expect([count("wispy_users"), count("wispy_sessions")]).toEqual([done, 0]);
    expect(count("wispy_events")).toBe(4 * done);
    handle.close();
    await program.remove();
    await database.drop();
  });
});
