import { beforeAll, expect, it } from "vitest";
import { connect } from "../../src/database/connect.ts";
import type { Database } from "../../src/database/database.ts";
import { sql } from "../../src/database/statements/fragment.ts";
import { insertInto, statement } from "../../src/database/statements/statement.ts";
import { table } from "../../src/database/statements/table.ts";
import {
  boolean,
  bytes,
  integer,
  json,
  nullable,
  text,
  timestamp,
  uuid,
  type JsonValue,
} from "../../src/database/statements/value-type.ts";
import { forEachDatabase } from "../support/for-each-database.ts";

const columns = {
  words: nullable(text),
  id: nullable(uuid),
  at: nullable(timestamp),
  amount: nullable(integer),
  flag: nullable(boolean),
  raw: nullable(bytes),
  data: nullable(json),
};
const values = table("values", columns);

interface Values {
  readonly words: string | null;
  readonly id: string | null;
  readonly at: Date | null;
  readonly amount: number | null;
  readonly flag: boolean | null;
  readonly raw: Uint8Array | null;
  readonly data: JsonValue;
}

const row = {
  words: values.words,
  id: values.id,
  at: values.at,
  amount: values.amount,
  flag: values.flag,
  raw: values.raw,
  data: values.data,
};

const insert = statement({
  id: "test.insert_values",
  params: columns,
  row,
  sql: (p, outputs) => sql`${insertInto(values, p)} returning ${outputs}`,
});

const find = statement({
  id: "test.find_values",
  params: { words: text, at: timestamp, amount: integer, flag: boolean, raw: bytes },
  row,
  sql: (p, outputs) =>
    sql`select ${outputs} from ${values} where ${values.words} = ${p.words} and ${values.at} = ${p.at}
      and ${values.amount} = ${p.amount} and ${values.flag} = ${p.flag} and ${values.raw} = ${p.raw}`,
});

const create = {
  postgres: `create table "values" (words text, id uuid, at timestamptz, amount bigint, flag boolean, raw bytea, data jsonb)`,
  sqlite: `create table test_values (words text, id text, at integer, amount integer, flag integer, raw blob, data text) strict`,
};

const nothing: Values = {
  words: null,
  id: null,
  at: null,
  amount: null,
  flag: null,
  raw: null,
  data: null,
};

forEachDatabase("values on their way to the database and back", (ctx) => {
  let database: Database;
  beforeAll(async () => {
    await ctx.host.query(create[ctx.dialect]);
    database = await connect(ctx.host.native, {
      namespace: ctx.dialect === "postgres" ? { schema: "public" } : { prefix: "test_" },
    });
  });

  const allBytes = Uint8Array.from({ length: 256 }, (_, i) => i);

  it.each<[string, Partial<Values>]>([
    ["an empty text", { words: "" }],
    ["quotes, backslashes, placeholders and lines", { words: `it's "x" \\ $1 ? %s {users}\r\n\t--` }],
    ["letters of the world", { words: "Grüße 漢字 🦉 \u202e אבג e\u0301" }],
    ["a long text", { words: "x".repeat(100_000) }],
    ["a uuid", { id: "01a20a57-ffaa-7450-a8f0-b4dbf90b0641" }],
    ["a moment with milliseconds", { at: new Date("2026-11-23T21:37:49.053Z") }],
    ["the epoch", { at: new Date(0) }],
    ["a moment before it", { at: new Date("1969-12-31T23:59:59.999Z") }],
    ["a far moment", { at: new Date("9999-12-31T23:59:59.999Z") }],
    ["a moment that a summer-time change skips in some places", { at: new Date("2026-03-29T01:30:00.001Z") }],
    ["zero", { amount: 0 }],
    ["the largest number", { amount: Number.MAX_SAFE_INTEGER }],
    ["the smallest number", { amount: Number.MIN_SAFE_INTEGER }],
    ["a number beyond 32 bits", { amount: 2 ** 31 }],
    ["true", { flag: true }],
    ["false", { flag: false }],
    ["every byte", { raw: allBytes }],
    ["no bytes", { raw: new Uint8Array() }],
    ["a part of a buffer", { raw: allBytes.subarray(10, 20) }],
    ["a Buffer", { raw: Buffer.from("wispy") }],
    ["an object", { data: { a: [1, -2.5, null, true, { b: 'it\'s \\ "x" 🦉' }], "": {} } }],
    ["an array", { data: [] }],
    ["a JSON text", { data: "null" }],
    ["a JSON number", { data: 0.1 }],
    ["a JSON false", { data: false }],
    ["nothing at all", {}],
  ])("D4-48 param-types: %s comes back as it went", async (_, part) => {
    const given = { ...nothing, ...part };
    const returned = await database.one(insert, given);
    const expected = { ...given, raw: given.raw && Buffer.from(given.raw) };
    expect(returned).toEqual(expected);
    const [read] = await database.transaction((tx) => tx.all([insert.with(given)]));
    expect(read[0]).toEqual(expected);
  });

  it("D4-48 param-types: what was written is found by the same values", async () => {
    const known = {
      words: "found",
      at: new Date("2026-11-23T21:37:49.053Z"),
      amount: 2 ** 40 + 1,
      flag: true,
      raw: allBytes,
    };
    const written = await database.one(insert, { ...nothing, ...known });
    expect(await database.many(find, known)).toEqual([written]);
    expect(await database.many(find, { ...known, at: new Date(known.at.getTime() + 1) })).toEqual([]);
    expect(await database.many(find, { ...known, flag: false })).toEqual([]);
  });

  it("D4-48 param-types: a bigint within the range of numbers comes back as a number", async () => {
    const amount = 42n as unknown as number;
    expect(await database.one(insert, { ...nothing, amount })).toMatchObject({ amount: 42 });
  });

  it.each<[string, Record<string, unknown>]>([
    ["undefined", { words: undefined }],
    ["an undefined moment", { at: undefined }],
    ["an invalid date", { at: new Date(Number.NaN) }],
    ["a fraction", { amount: 1.5 }],
    ["NaN", { amount: Number.NaN }],
    ["an infinite number", { amount: Number.POSITIVE_INFINITY }],
    ["a number beyond 2^53", { amount: 2 ** 53 }],
  ])("D4-48 param-types: %s is refused before it is sent, never bound as NULL", async (_, part) => {
    const [before] = await ctx.host.query(`select count(*) as n from ${countedTable()}`);
    await expect(database.run(insert, { ...nothing, ...part } as Values)).rejects.toMatchObject({
      code: "statement_invalid",
      message: expect.stringContaining(Object.keys(part)[0]!),
    });
    expect(await ctx.host.query(`select count(*) as n from ${countedTable()}`)).toEqual([before]);
  });

  const countedTable = (): string => (ctx.dialect === "postgres" ? `"values"` : "test_values");
});
