import assert from "node:assert/strict";
import { sql } from "../../database/statements/fragment.ts";
import { headValue } from "../../database/statements/head-value.ts";
import { insertInto, statement } from "../../database/statements/statement.ts";
import { table } from "../../database/statements/table.ts";
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
} from "../../database/statements/value-type.ts";
import type { Subject } from "../subject.ts";

const columns = {
  words: nullable(text),
  key: nullable(uuid),
  happenedAt: nullable(timestamp),
  amount: nullable(integer),
  flag: nullable(boolean),
  raw: nullable(bytes),
  data: nullable(json),
};
const values = table("values", columns);

interface Values {
  readonly words: string | null;
  readonly key: string | null;
  readonly happenedAt: Date | null;
  readonly amount: number | null;
  readonly flag: boolean | null;
  readonly raw: Uint8Array | null;
  readonly data: JsonValue;
}

const nothing: Values = {
  words: null,
  key: null,
  happenedAt: null,
  amount: null,
  flag: null,
  raw: null,
  data: null,
};

const row = {
  words: values.words,
  key: values.key,
  happenedAt: values.happenedAt,
  amount: values.amount,
  flag: values.flag,
  raw: values.raw,
  data: values.data,
};

const insert = statement({
  id: "conformance.insert_values",
  params: columns,
  row,
  sql: (p, outputs) => sql`${insertInto(values, p)} returning ${outputs}`,
});

const ofHead = {
  words: headValue(insert, "words"),
  key: headValue(insert, "key"),
  happenedAt: headValue(insert, "happenedAt"),
  amount: headValue(insert, "amount"),
  flag: headValue(insert, "flag"),
  raw: headValue(insert, "raw"),
  data: headValue(insert, "data"),
};

const find = statement({
  id: "conformance.find_values",
  params: { words: text, happenedAt: timestamp, amount: integer, flag: boolean, raw: bytes },
  row,
  sql: (p, outputs) =>
    sql`select ${outputs} from ${values} where ${values.words} = ${p.words}
      and ${values.happenedAt} = ${p.happenedAt} and ${values.amount} = ${p.amount}
      and ${values.flag} = ${p.flag} and ${values.raw} = ${p.raw}`,
});

const columnTypes = {
  postgres:
    "words text, key uuid, happened_at timestamptz, amount bigint, flag boolean, raw bytea, data jsonb",
  sqlite: "words text, key text, happened_at integer, amount integer, flag integer, raw blob, data text",
};

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);

const cases: Readonly<Record<string, Partial<Values>>> = {
  "nothing at all": {},
  "an empty text": { words: "" },
  "quotes, backslashes, placeholders and lines": { words: `it's "x" \\ $1 ? ?1 :a @b %s {users}\r\n\t--` },
  "letters of the world": { words: "Grüße 漢字 🦉 \u202E אבג e\u0301" },
  "a text that looks like a number": { words: "0012.50" },
  "a long text": { words: "x".repeat(100_000) },
  "a uuid": { key: "01a20a57-ffaa-7450-a8f0-b4dbf90b0641" },
  "a moment with milliseconds": { happenedAt: new Date("2026-11-23T21:37:49.053Z") },
  "the epoch": { happenedAt: new Date(0) },
  "a moment before it": { happenedAt: new Date("1969-12-31T23:59:59.999Z") },
  "a moment of long ago": { happenedAt: new Date("0099-03-04T05:06:07.008Z") },
  "a far moment": { happenedAt: new Date("9999-12-31T23:59:59.999Z") },
  "a moment that a summer-time change skips in some places": {
    happenedAt: new Date("2026-03-29T01:30:00.001Z"),
  },
  zero: { amount: 0 },
  "the largest number": { amount: Number.MAX_SAFE_INTEGER },
  "the smallest number": { amount: Number.MIN_SAFE_INTEGER },
  "a number beyond 32 bits": { amount: 2 ** 31 },
  true: { flag: true },
  false: { flag: false },
  "every byte": { raw: everyByte },
  "no bytes": { raw: new Uint8Array() },
  "a part of a buffer": { raw: everyByte.subarray(10, 20) },
  "many bytes": { raw: new Uint8Array(100_000).fill(255) },
  "an object": { data: { a: [1, -2.5, null, true, { b: `it's \\ "x" 🦉` }], "": {} } },
  "an array": { data: [] },
  "a JSON text": { data: "null" },
  "a JSON number": { data: 0.1 },
  "a JSON false": { data: false },
};

/** What is written comes back, and is found again, as it was. */
export function valueTests(subject: Subject): void {
  const { it, beforeAll } = subject.test;

  beforeAll(async () => {
    const { data } = subject;
    await data.transaction(function* (tx) {
      yield* tx.raw(`create table ${data.table("values")} (${columnTypes[data.dialect]})`);
    });
  });

  for (const [name, part] of Object.entries(cases)) {
    it(`${name} comes back as it went`, async () => {
      const given: Values = { ...nothing, ...part };
      const expected = { ...given, raw: given.raw && Buffer.from(given.raw) };
      assert.deepEqual(await subject.data.one(insert, given), expected);
      const [read] = await subject.data.transaction((tx) => tx.all([insert.with(given)]));
      assert.deepEqual(read[0], expected);
      const chained = await subject.data.transaction((tx) =>
        tx.chains({ head: insert.with(given), rest: [] }, [{ head: insert.with(ofHead), rest: [] }]),
      );
      assert.deepEqual(chained, [expected, expected]);
    });
  }

  it("what was written is found by the same values", async () => {
    const known = {
      words: "found 🦉",
      happenedAt: new Date("2026-11-23T21:37:49.053Z"),
      amount: 2 ** 40 + 1,
      flag: true,
      raw: everyByte,
    };
    const written = await subject.data.one(insert, { ...nothing, ...known });
    assert.deepEqual(await subject.data.many(find, known), [written]);
    const later = new Date(known.happenedAt.getTime() + 1);
    assert.deepEqual(await subject.data.many(find, { ...known, happenedAt: later }), []);
    assert.deepEqual(await subject.data.many(find, { ...known, flag: false }), []);
  });

  it("a name with a NUL is refused before it reaches the database", async () => {
    const create = subject.auth.users.create({ email: "nul@example.com", name: "a\0b" });
    await assert.rejects(create, { code: "invalid_input" });
    assert.equal(await subject.auth.users.getByEmail("nul@example.com"), null);
  });
}
