import { beforeAll, expect, it } from "vitest";
import type { JoinedCore } from "../../src/core/core.ts";
import type { ResultMode } from "../../src/core/runner.ts";
import { dumpTables } from "../suite/http/support/dump-tables.ts";
import { createTestAuth, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";

forEachDatabase("DB-03: rolled back with the application's transaction", (ctx) => {
  let auth: TestAuth;
  let owner: Awaited<ReturnType<TestAuth["signUp"]>>;
  beforeAll(async () => {
    auth = await createTestAuth(ctx);
    const credentials = newCredentials();
    owner = await auth.signUp(credentials);
    await auth.signIn(credentials);
    await auth.signIn({ ...credentials, password: "not this one" }).catch(() => null);
  });

  type Step = (joined: JoinedCore<ResultMode>) => unknown;

  /** Runs the step and undoes the transaction. What it gave is returned, to show that it had done something. */
  const rollBackAfter = async (step: Step): Promise<unknown> => {
    if (ctx.dialect === "sqlite") {
      const { sqlite } = ctx.host;
      sqlite.exec("begin");
      try {
        return step(auth.within(sqlite));
      } finally {
        sqlite.exec("rollback");
      }
    }
    const client = await ctx.host.pool.connect();
    await client.query("begin");
    try {
      return await step(auth.within(client));
    } finally {
      await client.query("rollback");
      client.release();
    }
  };

  it("each call leaves no row changed, added or removed", async () => {
    const { id } = owner.user;
    const prepared = await auth.prepareSignUp(newCredentials());
    const password = await auth.preparePassword("a wholly new password");
    const { email } = newCredentials();
    const steps: Readonly<Record<string, Step>> = {
      signUp: (joined) => joined.signUp(prepared),
      revokeSession: (joined) => joined.revokeSession({ userId: id, sessionId: owner.session.id }),
      revokeOtherSessions: (joined) => joined.revokeOtherSessions({ userId: id }),
      create: (joined) => joined.users.create({ email, password }),
      update: (joined) => joined.users.update(id, { name: "Bea", email }),
      setPassword: (joined) => joined.users.setPassword(id, password),
      disable: (joined) => joined.users.disable(id, { reason: "left" }),
      unlock: (joined) => joined.users.unlock(id),
      delete: (joined) => joined.users.delete(id),
    };
    const before = await dumpTables(ctx);
    for (const [name, step] of Object.entries(steps)) {
      const result = await rollBackAfter(step);
      if (name !== "unlock") expect(result, name).toBeTruthy();
      expect(await dumpTables(ctx), name).toEqual(before);
    }
    const { user, session } = owner;
    expect(await auth.getSession(owner.token)).toEqual({ user, session });
  });

  it("a sign-up can be made again afterwards, with the session it had promised", async () => {
    const prepared = await auth.prepareSignUp(newCredentials());
    const promised = (await rollBackAfter((joined) => joined.signUp(prepared))) as typeof owner;
    expect(await auth.getSession(promised.token)).toBeNull();
    const made = await auth.signUp(prepared);
    expect([made.token, made.user.id]).toEqual([promised.token, promised.user.id]);
    expect((await auth.getSession(promised.token))!.user.id).toBe(made.user.id);
  });
});
