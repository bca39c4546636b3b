import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { HostDatabase } from "wispy-auth/testing";
import { connect } from "../../src/database/connect.ts";
import type { Database } from "../../src/database/database.ts";
import { atPublic, createThings, nameThing } from "../coexistence/support/things.ts";
import { driverHandle } from "../support/driver-handles.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";
import { errorCode } from "../suite/core/support/error-code.ts";

describe("pg.Client: a script of ours, with statements of the application among its own", () => {
  let testDatabase: TestDatabase;
  let host: HostDatabase;
  let database: Database;
  beforeAll(async () => {
    testDatabase = await createPostgresDatabase({ server: inject("postgres") });
    host = await driverHandle("pg.Client").open(testDatabase.url);
    for (const text of createThings) await host.query(text);
    database = await connect(host.database, atPublic);
  });
  afterAll(async () => {
    await database.close();
    await host.close();
    await testDatabase.drop();
  });

  const nameTwo = (id: number): Promise<unknown> =>
    database.transaction(function* (tx) {
      yield* tx.run(nameThing, { id, label: "one" });
      yield* tx.run(nameThing, { id: id + 1, label: "two" });
    });
  const rowsFrom = async (id: number): Promise<number> =>
    (await host.query(`select 1 from our_things where id in (${String(id)}, ${String(id + 1)})`)).length;

  it("D4-45 sqlite-async-interleave: a ROLLBACK among them is noticed, and nothing is half-done", async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < 12; round += 1) {
      const id = 1000 + 2 * round;
      const writing = errorCode(nameTwo(id));
      for (let turn = 0; turn < round; turn += 1) await new Promise(setImmediate);
      await host.query("rollback");
      const outcome = await writing;
      outcomes.add(outcome);
      expect(["none", "outcome_unknown"]).toContain(outcome);
      expect(await rowsFrom(id)).toBe(outcome === "none" ? 2 : 0);
    }
    expect(outcomes).toContain("outcome_unknown");
  });

  it("D4-45 sqlite-async-interleave: whatever reads and writes of its own come between", async () => {
    const reads = Array.from({ length: 20 }, () => host.query("select 1 as one"));
    await Promise.all([nameTwo(2000), ...reads, nameTwo(2002)]);
    expect([await rowsFrom(2000), await rowsFrom(2002)]).toEqual([2, 2]);
  });
});
