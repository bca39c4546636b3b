import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import type { JoinedCore } from "../../src/core/core.ts";
import type { ResultMode } from "../../src/core/runner.ts";
import { createTestAuth, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";

forEachDatabase("what is expected to fail inside the application's transaction", (ctx) => {
  let auth: TestAuth;
  beforeAll(async () => {
    auth = await createTestAuth(ctx);
    await ctx.host.query("create table notes (author text not null)");
  });

  type Joined = JoinedCore<ResultMode>;
  const outcomeOf = (error: unknown): unknown => (error as { code?: unknown }).code ?? error;

  /** Makes each call in one transaction of the application, its own insert after each, and commits. */
  async function inTransaction(calls: readonly ((joined: Joined) => unknown)[]): Promise<unknown[]> {
    if (ctx.dialect === "sqlite") {
      const { sqlite } = ctx.host;
      const insert = sqlite.prepare("insert into notes values ('app')");
      return sqlite.transaction(() =>
        calls.map((call) => {
          let outcome: unknown;
          try {
            outcome = call(auth.within(sqlite) as Joined);
          } catch (error) {
            outcome = outcomeOf(error);
          }
          insert.run();
          return outcome;
        }),
      )();
    }
    const client = await ctx.host.pool.connect();
    const outcomes: unknown[] = [];
    await client.query("begin");
    for (const call of calls) {
      outcomes.push(await Promise.resolve(call(auth.within(client) as Joined)).catch(outcomeOf));
      await client.query("insert into notes values ('app')");
    }
    expect((await client.query("commit")).command).toBe("COMMIT");
    client.release();
    return outcomes;
  }

  it("D4-31 expected-failure-in-host-tx: each is a typed result, and the transaction stays usable to its COMMIT", async () => {
    const taken = newCredentials();
    const { user, session } = await auth.signUp(taken);
    const other = await auth.users.create({ email: newCredentials().email });
    const prepared = await auth.prepareSignUp(taken);
    const nobody = "00000000-0000-7000-8000-000000000000";
    const outcomes = await inTransaction([
      (joined) => joined.signUp(prepared),
      (joined) => joined.users.create({ email: taken.email }),
      (joined) => joined.users.update(other.id, { email: taken.email }),
      (joined) => joined.users.update(nobody, { name: "Nobody" }),
      (joined) => joined.users.get("not an id"),
      (joined) => joined.users.delete(nobody),
      (joined) => joined.revokeSession({ userId: nobody, sessionId: session.id }),
      (joined) => joined.users.create({ email: "not an address" }),
      (joined) => joined.users.get(user.id),
    ]);
    expect(outcomes.slice(0, 8)).toEqual([
      "user_exists",
      "user_exists",
      "user_exists",
      "not_found",
      null,
      false,
      false,
      "invalid_input",
    ]);
    expect(outcomes[8]).toMatchObject({ id: user.id });
    expect(await ctx.host.query("select author from notes")).toHaveLength(9);
    expect(await auth.users.list({ limit: 10 })).toHaveLength(2);
  });

  if (ctx.dialect === "postgres")
    it("D4-31 expected-failure-in-host-tx: after a failure of the application's own, ours says that the transaction is over", async () => {
      const client = await ctx.host.pool.connect();
      await client.query("begin");
      await client.query("select nonsense").catch(() => undefined);
      // At once, when pg has not heard of the failed transaction yet, and later, when it has.
      for (let i = 0; i < 3; i += 1) {
        const attempt = auth.within(client).users.create({ email: newCredentials().email });
        await expect(attempt).rejects.toMatchObject({ code: "transaction_aborted" });
        await sleep(20);
      }
      await client.query("rollback");
      client.release();
    });

  if (ctx.dialect === "postgres")
    it("D4-31 expected-failure-in-host-tx: operations started at once on one client do not undo each other", async () => {
      const users = await Promise.all(
        [1, 2, 3, 4].map(() => auth.users.create({ email: newCredentials().email })),
      );
      // Somebody takes the address and has not committed yet: the second update meets it only while it is written.
      const wanted = newCredentials().email;
      const rival = await ctx.host.pool.connect();
      await rival.query("begin");
      await auth.within(rival).users.update(users[3]!.id, { email: wanted });
      const client = await ctx.host.pool.connect();
      await client.query("begin");
      const joined = auth.within(client);
      const updates = [{ name: "first" }, { email: wanted }, { name: "third" }].map((change, i) =>
        joined.users.update(users[i]!.id, change).then(({ name }) => name, outcomeOf),
      );
      while ((await ctx.host.query("select 1 from pg_locks where not granted")).length === 0) continue;
      await rival.query("commit");
      rival.release();
      const outcomes = await Promise.all(updates);
      expect(outcomes).toEqual(["first", "user_exists", "third"]);
      expect((await client.query("commit")).command).toBe("COMMIT");
      client.release();
      const names = await Promise.all(users.map(async ({ id }) => (await auth.users.get(id))?.name));
      expect(names).toEqual(["first", null, "third", null]);
      for (const { id } of [users[0]!, users[2]!]) {
        expect((await auth.listEvents(id)).map(({ type }) => type)).toEqual(["user.updated", "user.created"]);
      }
    });
});
