import { beforeAll, expect, it } from "vitest";
import { connect } from "../../src/database/connect.ts";
import type { Database } from "../../src/database/database.ts";
import { createTestAuth, newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import type { TestHost } from "../support/test-host.ts";
import { atPublic, countUp, createThings, findThing } from "./support/things.ts";

forEachDatabase("a script that uses the handle beside its transaction", (ctx) => {
  let host: TestHost;
  let database: Database;
  beforeAll(async () => {
    host = ctx.database.open({ max: 1 });
    for (const text of createThings) await host.query(text);
    database = await connect<unknown>(host.native, atPublic);
  });
  const counted = async (): Promise<unknown> =>
    (await host.query("select n from our_things where id = 1"))[0]!["n"];

  // On a pool of one connection each of these would wait for ever for the connection that the script holds.
  it.each([
    ["one", () => database.one(findThing, { id: 1 })],
    ["run", () => database.run(countUp, { id: 1 })],
    ["query", () => database.query("select 1")],
    [
      "transaction",
      () =>
        database.transaction(function* (tx) {
          return yield* tx.run(countUp, { id: 1 });
        }),
    ],
  ])("D4-29 nested-connection-guard: %s is refused at once, and nothing is written", async (_, misuse) => {
    const attempt = database.transaction(function* (tx) {
      yield* tx.run(countUp, { id: 1 });
      void misuse();
      yield* tx.run(countUp, { id: 1 });
    });
    await expect(attempt).rejects.toMatchObject({ code: "nested_database_use" });
    expect(await counted()).toBe(0);
    if (host.dialect === "postgres") expect(host.pool.idleCount).toBe(1);
  });

  it("D4-29 nested-connection-guard: other callers may use the handle while a script waits for its statement", async () => {
    const script = database.transaction(function* (tx) {
      yield* tx.run(countUp, { id: 2 });
      return (yield* tx.one(findThing, { id: 2 })).label;
    });
    const others = Array.from({ length: 20 }, (_, id) => database.one(findThing, { id: id + 1 }));
    expect(await script).toBe("thing 2");
    expect(await Promise.all(others)).toHaveLength(20);
  });

  it("D4-29 nested-connection-guard: the application's own callback may use its one connection", async () => {
    const credentials = newCredentials();
    const seen: unknown[] = [];
    const auth = await createTestAuth(ctx, {
      database: host.native,
      password: {
        isAllowed: async (_password, { email }) => {
          seen.push(await auth.users.getByEmail(email), await host.query("select 1 as one"));
          return true;
        },
      },
    });
    expect(await auth.signUp(credentials)).toMatchObject({ user: { email: credentials.email } });
    expect(seen).toEqual([null, [{ one: 1 }]]);
  });
});
