import assert from "node:assert/strict";
import { sql } from "../../database/statements/fragment.ts";
import { insertInto, statement } from "../../database/statements/statement.ts";
import { table } from "../../database/statements/table.ts";
import { integer } from "../../database/statements/value-type.ts";
import { allAtOnce, type Subject } from "../subject.ts";

const counters = table("counters", { id: integer, part: integer, n: integer });

const insertCounter = statement({
  id: "conformance.insert_counter",
  params: { id: integer, part: integer, n: integer },
  sql: (p) => insertInto(counters, p),
});

const addOne = statement({
  id: "conformance.add_one",
  params: { id: integer },
  row: { n: counters.n },
  sql: (p, row) => sql`update ${counters} set "n" = "n" + 1 where ${counters.id} = ${p.id} returning ${row}`,
});

const setPart = statement({
  id: "conformance.set_part",
  params: { part: integer, n: integer },
  sql: (p) => sql`update ${counters} set "n" = ${p.n} where ${counters.part} = ${p.part}`,
});

const removePart = statement({
  id: "conformance.remove_part",
  params: { part: integer },
  sql: (p) => sql`delete from ${counters} where ${counters.part} = ${p.part}`,
});

const listPart = statement({
  id: "conformance.list_part",
  params: { part: integer },
  row: { id: counters.id, n: counters.n },
  sql: (p, row) =>
    sql`select ${row} from ${counters} where ${counters.part} = ${p.part} order by ${counters.id}`,
});

const conflict = `do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`;

/** Transactions of our own: all or nothing, run again where the database asks for it, and counted right. */
export function scriptTests(subject: Subject): void {
  const { it, beforeAll } = subject.test;
  const part = async (number: number): Promise<readonly number[]> =>
    (await subject.data.many(listPart, { part: number })).map(({ n }) => n);

  beforeAll(async () => {
    const { data } = subject;
    const type = data.dialect === "postgres" ? "bigint" : "integer";
    const columns = `(id ${type} primary key, part ${type} not null, n ${type} not null)`;
    await data.transaction(function* (tx) {
      yield* tx.raw(`create table ${data.table("counters")} ${columns}`);
    });
  });

  it("counts exactly, whoever counts at the same time", async () => {
    const { data } = subject;
    await data.run(insertCounter, { id: 1, part: 1, n: 0 });
    const seen = await allAtOnce(30, async (caller) => {
      const own: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        const { n } = await (caller % 2 === 0
          ? data.one(addOne, { id: 1 })
          : data.transaction((tx) => tx.one(addOne, { id: 1 })));
        own.push(n);
      }
      return own;
    });
    const expected = Array.from({ length: 150 }, (_, index) => index + 1);
    assert.deepEqual(
      seen.flat().toSorted((a, b) => a - b),
      expected,
    );
    assert.deepEqual(await part(1), [150]);
  });

  it("tells how many rows a statement changed", async () => {
    const { data } = subject;
    for (const id of [20, 21, 22]) assert.equal(await data.run(insertCounter, { id, part: 2, n: id }), 1);
    assert.equal(await data.run(setPart, { part: 2, n: 7 }), 3);
    assert.equal(await data.run(setPart, { part: -1, n: 7 }), 0);
    const inside = await data.transaction(function* (tx) {
      return [yield* tx.run(setPart, { part: 2, n: 8 }), yield* tx.run(removePart, { part: -1 })];
    });
    assert.deepEqual(inside, [3, 0]);
    assert.deepEqual(await part(2), [8, 8, 8]);
    assert.equal(await data.run(removePart, { part: 2 }), 3);
    assert.equal(await data.maybeOne(listPart, { part: 2 }), null);
  });

  it("leaves nothing of a transaction whose script throws, and undoes a failed inner one alone", async () => {
    const { data } = subject;
    const changedItsMind = new Error("changed its mind");
    const script = data.transaction(function* (tx) {
      yield* tx.run(insertCounter, { id: 30, part: 3, n: 1 });
      throw changedItsMind;
    });
    await assert.rejects(script, changedItsMind);
    assert.deepEqual(await part(3), []);
    await data.transaction(function* (tx) {
      yield* tx.run(insertCounter, { id: 30, part: 3, n: 1 });
      try {
        yield* tx.transaction(function* (inner) {
          yield* inner.run(setPart, { part: 3, n: 2 });
          yield* inner.run(insertCounter, { id: 30, part: 3, n: 3 });
        });
      } catch (error) {
        assert.equal((error as { code?: unknown }).code, "database_error");
      }
      yield* tx.run(insertCounter, { id: 31, part: 3, n: 4 });
    });
    assert.deepEqual(await part(3), [1, 4]);
  });

  it("runs a transaction again from its start, and keeps what its last run wrote", async () => {
    const { data } = subject;
    let runs = 0;
    const again = new Error("again");
    const value = await data.transaction(
      function* (tx) {
        runs += 1;
        yield* tx.run(insertCounter, { id: 40, part: 4, n: runs });
        // PostgreSQL asks for it by a serialization failure; the other runs are asked for by the caller.
        if (runs === 1 && data.dialect === "postgres") yield* tx.raw(conflict);
        if (runs < 3) throw again;
        return runs;
      },
      { retryOn: (error) => error === again },
    );
    assert.equal(value, 3);
    assert.deepEqual(await part(4), [3]);
  });

  it("never reports as committed what was rolled back", async () => {
    const { data } = subject;
    const swallowed = data.transaction(function* (tx) {
      yield* tx.run(insertCounter, { id: 50, part: 5, n: 1 });
      try {
        yield* tx.run(insertCounter, { id: 50, part: 5, n: 2 });
      } catch {
        // On PostgreSQL the whole transaction has failed now; on SQLite the one statement.
      }
    });
    if (data.dialect === "postgres") {
      await assert.rejects(swallowed, { code: "transaction_rolled_back" });
      assert.deepEqual(await part(5), []);
    } else {
      await swallowed;
      assert.deepEqual(await part(5), [1]);
    }
  });
}
