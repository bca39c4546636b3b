import { beforeAll, expect, it } from "vitest";
import { connect } from "../../src/database/connect.ts";
import type { Database } from "../../src/database/database.ts";
import type { TransactionScript } from "../../src/database/script.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { atPublic, countUp, createThings, nameThing } from "./support/things.ts";

forEachDatabase("a script that swallows an error", (ctx) => {
  let database: Database;
  beforeAll(async () => {
    for (const text of createThings) await ctx.host.query(text);
    database = await connect<unknown>(ctx.host.native, atPublic);
    ctx.onSuiteEnd(() => database.close());
  });
  const counted = async (id: number): Promise<unknown> =>
    (await ctx.host.query("select n from our_things where id = $1", [id]))[0]!["n"];

  const swallowing = (id: number): TransactionScript<string> =>
    function* (tx) {
      yield* tx.run(countUp, { id });
      try {
        yield* tx.run(nameThing, { id, label: "taken already" });
      } catch {
        // As careless code does.
      }
      return "said to be done";
    };

  it("D4-32 commit-becomes-rollback: success is reported only if the write is there", async () => {
    const outcome = await database.transaction(swallowing(1)).catch((error: unknown) => error);
    if (ctx.dialect === "postgres") {
      expect(outcome).toMatchObject({ code: "transaction_rolled_back" });
      expect(await counted(1)).toBe(0);
      return;
    }
    // SQLite undoes the failed statement alone: the transaction did commit.
    expect(outcome).toBe("said to be done");
    expect(await counted(1)).toBe(1);
  });

  if (ctx.dialect === "postgres")
    it("D4-32 commit-becomes-rollback: a plain COMMIT there reports success", async () => {
      const client = await ctx.host.pool.connect();
      await client.query("begin");
      await client.query("update our_things set n = n + 1 where id = 2");
      await client.query("insert into our_things (id, label) values (2, 'taken')").catch(() => undefined);
      await expect(client.query("commit")).resolves.toMatchObject({ command: "ROLLBACK" });
      client.release();
      expect(await counted(2)).toBe(0);
    });

  it("D4-32 commit-becomes-rollback: a savepoint makes the same script whole, and the next one is untouched", async () => {
    const careful: TransactionScript<string> = function* (tx) {
      yield* tx.run(countUp, { id: 3 });
      try {
        yield* tx.transaction(function* (inner) {
          yield* inner.run(countUp, { id: 3 });
          yield* inner.run(nameThing, { id: 3, label: "taken already" });
        });
      } catch {
        yield* tx.run(countUp, { id: 4 });
      }
      return "done";
    };
    expect(await database.transaction(careful)).toBe("done");
    expect([await counted(3), await counted(4)]).toEqual([1, 1]);
  });
});
