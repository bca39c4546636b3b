import { sql } from "../../../src/database/statements/fragment.ts";
import { statement } from "../../../src/database/statements/statement.ts";
import { table } from "../../../src/database/statements/table.ts";
import { integer, text } from "../../../src/database/statements/value-type.ts";

/** Our tables stand beside the application's in these tests: `connect(pool, atPublic)`. */
export const atPublic = { namespace: { schema: "public", prefix: "our_" } } as const;

export const things = table("things", { id: integer, label: text });

export const createThings = [
  "create table our_things (id int primary key, label text not null, n int not null default 0)",
  `with recursive n (i) as (select 1 union all select i + 1 from n where i < 100)
    insert into our_things (id, label) select i, 'thing ' || i from n`,
] as const;

export const findThing = statement({
  id: "test.find_thing",
  hot: true,
  params: { id: integer },
  row: { id: things.id, label: things.label },
  sql: (p, row) => sql`select ${row} from ${things} where ${things.id} = ${p.id}`,
});

/** Breaks the house's rule: its cached plan is refused after each change of the table. */
export const findThingLoosely = statement({
  id: "test.find_thing_loosely",
  hot: true,
  params: { id: integer },
  row: { id: things.id, label: things.label },
  sql: (p) => sql`select * from ${things} where ${things.id} = ${p.id}`,
});

export const countUp = statement({
  id: "test.count_up",
  hot: true,
  params: { id: integer },
  sql: (p) => sql`update ${things} set "n" = "n" + 1 where ${things.id} = ${p.id}`,
});

export const nameThing = statement({
  id: "test.name_thing",
  hot: true,
  params: { id: integer, label: text },
  sql: (p) => sql`insert into ${things} ("id", "label") values (${p.id}, ${p.label})`,
});
