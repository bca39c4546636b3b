import { beforeAll, expect, it } from "vitest";
import type { JoinedCore } from "../../../src/core/core.ts";
import type { ResultMode } from "../../../src/core/runner.ts";
import { createTestAuth, newCredentials, type TestAuth } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { allAtOnce, errorCode, tally } from "./support/error-code.ts";

type Joined = JoinedCore<ResultMode>;
/** What a step gives: a value on SQLite, a promise on PostgreSQL. */
type Step = (joined: Joined) => unknown;

forEachDatabase("inside the application's transaction", (ctx) => {
  let auth: TestAuth;
  beforeAll(async () => {
    auth = await createTestAuth(ctx);
    await ctx.host.query("create table if not exists notes (author text not null)");
  });

  const rollback = new Error("the application changed its mind");

  /** Runs the steps in a transaction of the application's, with an insert of its own before and after. */
  const inTransaction = async (
    steps: readonly Step[],
    { author, fail = false }: { readonly author: string; readonly fail?: boolean },
  ): Promise<unknown[]> => {
    const insert = "insert into notes (author) values";
    if (ctx.dialect === "sqlite") {
      const { sqlite } = ctx.host;
      return sqlite.transaction(() => {
        sqlite.prepare(`${insert} (?)`).run(author);
        const results = steps.map((step) => step(auth.within(sqlite) as Joined));
        sqlite.prepare(`${insert} (?)`).run(author);
        if (fail) throw rollback;
        return results;
      })();
    }
    const client = await ctx.host.pool.connect();
    try {
      await client.query("begin");
      await client.query(`${insert} ($1)`, [author]);
      const results: unknown[] = [];
      for (const step of steps) results.push(await step(auth.within(client) as Joined));
      await client.query(`${insert} ($1)`, [author]);
      if (fail) throw rollback;
      await client.query("commit");
      return results;
    } catch (error) {
      await client.query("rollback");
      throw error;
    } finally {
      client.release();
    }
  };

  const notes = async (author: string): Promise<number> =>
    (await ctx.host.query("select 1 from notes where author = $1", [author])).length;

  it("DB-03: a sign-up commits with the application's own rows, or leaves nothing with them", async () => {
    const credentials = newCredentials();
    const prepared = await auth.prepareSignUp(credentials);
    const options = { author: credentials.email };
    await expect(
      inTransaction([(joined) => joined.signUp(prepared)], { ...options, fail: true }),
    ).rejects.toBe(rollback);
    expect(await auth.users.getByEmail(credentials.email)).toBeNull();
    expect(await notes(credentials.email)).toBe(0);
    const [created] = (await inTransaction([(joined) => joined.signUp(prepared)], options)) as [
      Awaited<ReturnType<TestAuth["signUp"]>>,
    ];
    const { user, session } = created;
    expect(await auth.getSession(created.token)).toEqual({ user, session });
    expect(await notes(credentials.email)).toBe(2);
    expect(await auth.listEvents(user.id)).toMatchObject([{ type: "user.signed_up" }]);
  });

  it("DB-01: an address that is taken is a clear error, and the transaction stays usable", async () => {
    const credentials = newCredentials();
    await auth.signUp(credentials);
    const prepared = await auth.prepareSignUp(credentials);
    const caught: unknown[] = [];
    const attempt: Step = (joined) => {
      try {
        const result: unknown = joined.signUp(prepared);
        return result instanceof Promise ? result.catch((error: unknown) => caught.push(error)) : result;
      } catch (error) {
        return caught.push(error);
      }
    };
    await inTransaction([attempt, attempt], { author: credentials.email });
    expect(caught).toMatchObject([{ code: "user_exists" }, { code: "user_exists" }]);
    expect(await notes(credentials.email)).toBe(2);
  });

  it("DB-01: of many joined sign-ups of one address at once one commits", async () => {
    const credentials = newCredentials();
    const prepared = await allAtOnce(16, () => auth.prepareSignUp(credentials));
    const codes = await Promise.all(
      prepared.map((one) =>
        errorCode(inTransaction([(joined) => joined.signUp(one)], { author: credentials.email })),
      ),
    );
    expect(tally(codes)).toEqual({ none: 1, user_exists: 15 });
    expect(await notes(credentials.email)).toBe(2);
  });

  it("what was not prepared is refused, and so is a sign-in", async () => {
    const credentials = newCredentials();
    const raw: Step = (joined) => joined.signUp(credentials as never);
    expect(await errorCode(inTransaction([raw], { author: credentials.email }))).toBe("invalid_input");
    const password: Step = (joined) => joined.users.create({ ...credentials } as never);
    expect(await errorCode(inTransaction([password], { author: credentials.email }))).toBe("invalid_input");
    const signIn: Step = (joined) => joined.signIn(credentials);
    expect(await errorCode(inTransaction([signIn], { author: credentials.email }))).toBe(
      "sign_in_cannot_join",
    );
    expect(await notes(credentials.email)).toBe(0);
  });

  it("users can be made, changed, disabled and removed, and sessions ended", async () => {
    const { email, password } = newCredentials();
    const prepared = await auth.preparePassword(password, { email });
    const [user] = (await inTransaction(
      [(joined) => joined.users.create({ email, password: prepared, name: "Ann" })],
      { author: email },
    )) as [{ id: string }];
    const { session } = await auth.signIn({ email, password });
    await auth.signIn({ email, password });
    const replaced = await auth.preparePassword(`${password} new`);
    const results = await inTransaction(
      [
        (joined) => joined.users.get(user.id),
        (joined) => joined.users.getByEmail(email),
        (joined) => joined.listSessions(user.id),
        (joined) => joined.revokeSession({ userId: user.id, sessionId: session.id }),
        (joined) => joined.revokeOtherSessions({ userId: user.id }),
        (joined) => joined.users.update(user.id, { name: "Bea", email: `new-${email}` }),
        (joined) => joined.users.setPassword(user.id, replaced),
        (joined) => joined.users.disable(user.id, { reason: "spam" }),
        (joined) => joined.users.enable(user.id),
        (joined) => joined.users.unlock(user.id),
        (joined) => joined.listEvents(user.id),
      ],
      { author: email },
    );
    expect(results[0]).toMatchObject({ email, name: "Ann" });
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toHaveLength(2);
    expect(results.slice(3, 5)).toEqual([true, 1]);
    expect(results[5]).toMatchObject({ email: `new-${email}`, name: "Bea" });
    expect(results[7]).toMatchObject({ disabledAt: expect.any(Date) as Date });
    expect(results[8]).toMatchObject({ disabledAt: null });
    expect(results[10]).toHaveLength(11);
    expect(await errorCode(auth.signIn({ email: `new-${email}`, password: `${password} new` }))).toBe("none");
    const removed = await inTransaction(
      [(joined) => joined.users.delete(user.id), (joined) => joined.users.delete(user.id)],
      { author: email },
    );
    expect(removed).toEqual([true, false]);
  });

  it("an address taken at the same instant does not abort the application's transaction", async () => {
    if (ctx.dialect === "sqlite" || ctx.variant.poolMax < 3) return;
    const [first, second] = await Promise.all([
      auth.users.create({ email: newCredentials().email }),
      auth.users.create({ email: newCredentials().email }),
    ]);
    const wanted = newCredentials().email;
    const move = async (id: string): Promise<string> => {
      let code = "none";
      await inTransaction(
        [
          async (joined) => {
            code = await errorCode(joined.users.update(id, { email: wanted }) as Promise<unknown>);
            await new Promise((resolve) => setTimeout(resolve, 50));
          },
        ],
        { author: id },
      );
      return code;
    };
    expect(tally(await Promise.all([move(first.id), move(second.id)]))).toEqual({ none: 1, user_exists: 1 });
    expect([await notes(first.id), await notes(second.id)]).toEqual([2, 2]);
  });
});
