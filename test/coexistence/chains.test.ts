import { beforeAll, expect, it } from "vitest";
import { connect } from "../../src/database/connect.ts";
import type { Database } from "../../src/database/database.ts";
import { guard, sql } from "../../src/database/statements/fragment.ts";
import { HeadValue, headValue } from "../../src/database/statements/head-value.ts";
import { insertInto, statement } from "../../src/database/statements/statement.ts";
import { aliased, table } from "../../src/database/statements/table.ts";
import { integer, nullable, text, timestamp, uuid } from "../../src/database/statements/value-type.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { allAtOnce } from "../suite/core/support/error-code.ts";
import { atPublic } from "./support/things.ts";

const tallies = table("tallies", { name: text, count: integer });
const entries = table("entries", {
  id: uuid,
  name: text,
  number: integer,
  at: timestamp,
  seen: nullable(timestamp),
});
const t = aliased(tallies, "t");

const countOne = statement({
  id: "chains.count_one",
  params: { name: text, least: integer },
  row: (p) => ({
    count: tallies.count,
    name: tallies.name,
    most: { node: "expression", type: integer, sql: sql`${p.least} + 10` },
  }),
  sql: ({ name }, row) =>
    sql`${insertInto(t, { name, count: sql`1` })} on conflict ("name") do update set "count" = ${t.count} + 1 returning ${row}`,
});

const note = statement({
  id: "chains.note",
  params: { id: uuid, name: text, number: integer, at: timestamp, seen: nullable(timestamp) },
  sql: (p) => insertInto(entries, { ...p, number: sql`${p.number} * 100` }),
});

const see = statement({
  id: "chains.see",
  params: { name: text, number: integer, seen: timestamp },
  sql: (p) =>
    sql`update ${entries} set "seen" = ${p.seen} where ${entries.name} = ${p.name} and ${entries.number} < ${p.number}${guard}`,
});

const list = statement({
  id: "chains.list",
  params: { name: text },
  row: { id: entries.id, number: entries.number, at: entries.at, seen: entries.seen },
  sql: (p, row) =>
    sql`select ${row} from ${entries} where ${entries.name} = ${p.name} order by ${entries.number}, ${entries.id}`,
});

const idOf = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;
const at = new Date("2026-11-24T12:00:00.000Z");
const count = headValue(countOne, "count");

forEachDatabase("statements chained to what a head returns", (ctx) => {
  let database: Database;
  beforeAll(async () => {
    await ctx.host.query("create table our_tallies (name text primary key, count integer not null)");
    const types = ctx.dialect === "postgres" ? ["uuid", "timestamptz"] : ["text", "integer"];
    await ctx.host.query(
      `create table our_entries (id ${types[0]!} primary key, name text, number bigint, at ${types[1]!}, seen ${types[1]!})`,
    );
    database = await connect<unknown>(ctx.host.native, atPublic);
    ctx.onSuiteEnd(() => database.close());
  });

  it("write it, every row of an insert, an insert's expression and an update alike", async () => {
    const row = { name: "all", at, seen: null };
    for (const id of [1, 3]) {
      const counted = await database.transaction((tx) =>
        tx.chain(countOne.with({ name: "all", least: 5 }), [
          note.with({ ...row, id: idOf(id), number: count }),
          note.with({ ...row, id: idOf(id + 1), number: headValue(countOne, "most") }),
          see.with({ name: headValue(countOne, "name"), number: count, seen: at }),
        ]),
      );
      expect(counted).toEqual({ count: (id + 1) / 2, name: "all", most: 15 });
    }
    expect((await database.many(list, { name: "all" })).map(({ number }) => number)).toEqual([
      100, 200, 1500, 1500,
    ]);
  });

  it("each have what is theirs of many at the same moment", async () => {
    await allAtOnce(40, (i) =>
      database.transaction((tx) =>
        tx.chain(countOne.with({ name: "race", least: 0 }), [
          note.with({ name: "race", id: idOf(100 + i), number: count, at, seen: null }),
        ]),
      ),
    );
    const numbers = (await database.many(list, { name: "race" })).map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, i) => (i + 1) * 100));
  });

  it("head chains themselves, which do nothing where their heads did nothing", async () => {
    const inner = (id: number) => ({
      head: countOne.with({ name: "inner", least: 0 }),
      rest: [note.with({ name: "inner", id: idOf(id), number: count, at, seen: null })],
    });
    const outer = (name: string, id: number) =>
      database.transaction((tx) => tx.chain(takeOne.with({ name }), [inner(id)]));
    expect(await outer("nobody", 200)).toBeNull();
    expect(await database.many(list, { name: "inner" })).toEqual([]);
    await database.run(countOne, { name: "somebody", least: 0 });
    expect(await outer("somebody", 201)).toEqual({ count: 2 });
    expect(await database.many(list, { name: "inner" })).toMatchObject([{ id: idOf(201), number: 100 }]);
  });

  it("have each its own ids and moments, also where others of the same statements had them in common", async () => {
    const run = (name: string, moments: readonly [Date, Date | null, Date, Date | null]) =>
      database.transaction((tx) =>
        tx.all([
          note.with({ name, id: idOf(Number(name)), number: 1, at: moments[0], seen: moments[1] }),
          note.with({ name, id: idOf(Number(name) + 1), number: 2, at: moments[2], seen: moments[3] }),
        ]),
      );
    const later = new Date(at.getTime() + 1);
    const sets = [
      [at, at, at, at],
      [at, later, at, later],
      [at, null, later, null],
      [later, at, at, null],
      [at, at, at, at],
    ] as const;
    for (const [i, moments] of sets.entries()) {
      const name = String(300 + i * 2);
      await run(name, moments);
      const found = (await database.many(list, { name })).flatMap((row) => [row.at, row.seen]);
      expect(found).toEqual(moments);
    }
  });

  it.each([
    ["a name that the head does not return", new HeadValue<number>("amount")],
    ["a kind that the head does not return", headValue(countOne, "name") as unknown as HeadValue<number>],
  ])("are refused with %s", async (_, number) => {
    const before = await database.many(list, { name: "all" });
    const chain = database.transaction((tx) =>
      tx.chain(countOne.with({ name: "refused", least: 0 }), [
        note.with({ name: "all", id: idOf(900), number, at, seen: null }),
      ]),
    );
    await expect(chain).rejects.toMatchObject({ code: "statement_invalid" });
    expect(await database.many(list, { name: "all" })).toEqual(before);
  });

  it("are refused without a head", async () => {
    const alone = note.with({ name: "all", id: idOf(901), number: count, at, seen: null });
    const other = note.with({ name: "all", id: idOf(902), number: 1, at, seen: null });
    for (const calls of [[alone], [other, alone]]) {
      const together = database.transaction((tx) => tx.all(calls));
      await expect(together).rejects.toMatchObject({ code: "statement_invalid" });
    }
  });
});

const takeOne = statement({
  id: "chains.take_one",
  params: { name: text },
  row: { count: tallies.count },
  sql: (p, row) =>
    sql`update ${tallies} set "count" = "count" + 1 where ${tallies.name} = ${p.name}${guard} returning ${row}`,
});
