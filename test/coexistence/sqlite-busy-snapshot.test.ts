import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../src/database/connect.ts";
import { buildProgram, type Program } from "../support/run-program.ts";
import { createSqliteDatabase } from "../support/test-database.ts";
import { addOne, writeCounter } from "./support/counter-script.ts";
import { failuresOf, startTogether } from "./support/start-together.ts";

describe("SQLite scripts that read and then write", () => {
  let program: Program;
  beforeAll(async () => {
    program = await buildProgram("write-rows.ts");
  });
  afterAll(() => program.remove());

  it.each([
    ["WAL", 5000],
    ["WAL", 0],
    ["DELETE", 5000],
    ["DELETE", 0],
  ])(
    "D4-44 sqlite-busy-snapshot: 6 processes, %s journal, busy timeout %i: none refused, none lost",
    async (journalMode, timeout) => {
      const database = await createSqliteDatabase();
      const host = new Database(database.name);
      host.pragma(`journal_mode = ${journalMode}`);
      host.exec("create table test_counter (n integer not null) strict; insert into test_counter values (0)");
      const order = { path: database.name, scripts: 50, timeout };
      const results = await startTogether(
        program,
        Array.from({ length: 6 }, () => order),
      );
      expect(failuresOf(results)).toBe("");
      expect(host.prepare("select n from test_counter").get()).toEqual({ n: 300 });
      host.close();
      await database.drop();
    },
  );

  it("D4-44 sqlite-busy-snapshot: two handles in one process take turns", async () => {
    const database = await createSqliteDatabase();
    const handles = [1, 2].map(() => new Database(database.name, { timeout: 0 }));
    handles[0]!.pragma("journal_mode = WAL");
    handles[0]!.exec("create table test_counter (n integer not null); insert into test_counter values (0)");
    const databases = await Promise.all(
      handles.map((handle) => connect(handle, { namespace: { prefix: "test_" } })),
    );
    await Promise.all(Array.from({ length: 200 }, (_, i) => databases[i % 2]!.transaction(addOne)));
    expect(handles[1]!.prepare("select n from test_counter").get()).toEqual({ n: 200 });
    for (const handle of handles) handle.close();
    await database.drop();
  });

  it.each(["the application closes its handle", "the library is closed"])(
    "a write that waits for the lock is finished, or told so, when %s",
    async (who) => {
      const database = await createSqliteDatabase();
      const [host, other] = [1, 2].map(() => new Database(database.name, { timeout: 0 }));
      host!.exec("create table test_counter (n integer not null); insert into test_counter values (0)");
      const handle = await connect(host!, { namespace: { prefix: "test_" } });
      other!.exec("begin immediate");
      const waiting = [handle.transaction(addOne), handle.run(writeCounter, { n: 7 })];
      await sleep(30);
      const closed = who === "the library is closed" ? handle.close() : host!.close();
      other!.exec("rollback");
      await closed;
      const outcomes = await Promise.allSettled(waiting);
      for (const outcome of outcomes) {
        if (who === "the library is closed") expect(outcome).toMatchObject({ status: "fulfilled" });
        else expect(outcome).toMatchObject({ reason: { code: "database_closed" } });
      }
      host!.close();
      other!.close();
      await database.drop();
    },
  );
});
