import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countApplied, failuresOf, startTogether } from "../coexistence/support/start-together.ts";
import type { WriteThroughDriver } from "../programs/write-through-driver.ts";
import { findNodeWithSqlite } from "../support/node-sqlite.ts";
import { buildProgram, type Program } from "../support/run-program.ts";
import { createSqliteDatabase } from "../support/test-database.ts";

const processes = 4;
const rounds = 6;
const drivers: Readonly<Record<string, string | null>> = {
  libsql: process.execPath,
  "@libsql/client": process.execPath,
  "node:sqlite": findNodeWithSqlite(),
};

// None of these drivers waits for a lock unless it is told to: all waiting is ours.
describe.each(Object.entries(drivers))("processes that share a SQLite file by %s", (driver, node) => {
  let program: Program;
  if (node === null)
    console.log(`not run: processes that share a SQLite file by ${driver}: no Node.js has it`);
  beforeAll(async () => {
    if (node !== null) program = await buildProgram("write-through-driver.ts", { node });
  });
  afterAll(() => program?.remove());

  it.skipIf(node === null).each(["WAL", "DELETE"])(
    "D4-43 sqlite-stampede, D4-44 sqlite-busy-snapshot: with a %s journal each migration is applied once, and no write is refused or lost",
    async (journalMode) => {
      const database = await createSqliteDatabase();
      const host = new Database(database.name);
      host.pragma(`journal_mode = ${journalMode}`);
      host.exec("create table test_counter (n integer not null) strict; insert into test_counter values (0)");
      const order: Omit<WriteThroughDriver, "signalFile"> = { driver, path: database.name, rounds };
      const results = await startTogether(
        program,
        Array.from({ length: processes }, () => order),
      );
      expect(failuresOf(results)).toBe("");
      expect(new Set(Object.values(countApplied(results)))).toEqual(new Set([1]));
      expect(host.prepare("select n from test_counter").get()).toEqual({ n: processes * rounds });
      expect(host.prepare("select count(*) as n from wispy_users").get()).toEqual({ n: processes * rounds });
      host.close();
      await database.drop();
    },
  );
});
