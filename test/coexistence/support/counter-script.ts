import type { TransactionScript } from "../../../src/database/script.ts";
import { sql } from "../../../src/database/statements/fragment.ts";
import { statement } from "../../../src/database/statements/statement.ts";
import { table } from "../../../src/database/statements/table.ts";
import { integer } from "../../../src/database/statements/value-type.ts";

export const counter = table("counter", { n: integer });

export const readCounter = statement({
  id: "test.read_counter",
  params: {},
  row: { n: counter.n },
  sql: (_, row) => sql`select ${row} from ${counter}`,
});

export const writeCounter = statement({
  id: "test.write_counter",
  params: { n: integer },
  sql: (p) => sql`update ${counter} set "n" = ${p.n}`,
});

/** Reads, then writes what follows from it: two of these at once lose an addition unless they are kept apart. */
export const addOne: TransactionScript<number> = function* (tx) {
  const { n } = yield* tx.one(readCounter, {});
  yield* tx.run(writeCounter, { n: n + 1 });
  return n + 1;
};
