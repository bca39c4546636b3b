import { beforeAll, describe, expect, it } from "vitest";
import { accountKey } from "../../../src/core/lockout/attempt-key.ts";
import { createTestAuth, newCredentials, type TestAuth } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { errorCode } from "./support/error-code.ts";

forEachDatabase("security events", (ctx) => {
  let auth: TestAuth;
  beforeAll(async () => {
    auth = await createTestAuth(ctx, { lockout: { maxFailures: 2 } });
  });

  const client = { ipAddress: "192.0.2.1", userAgent: "a browser" };

  it("AU-01: tell of every attempt, why it failed, and from where", async () => {
    const { email, password } = newCredentials();
    const { user } = await auth.signUp({ email, password }, client);
    const wrong = { email, password: "not this one" };
    await errorCode(auth.signIn(wrong, client));
    await errorCode(auth.signIn(wrong, client));
    await errorCode(auth.signIn({ email, password }, client));
    await auth.users.unlock(user.id);
    await auth.users.disable(user.id);
    await errorCode(auth.signIn({ email, password }, client));
    const events = (await auth.listEvents(user.id)).filter(({ type }) => type === "sign_in.failed").reverse();
    expect(events).toMatchObject([
      { ...client, data: { method: "password", reason: "wrong_password" } },
      { ...client, data: { reason: "wrong_password", lockedUntil: expect.any(String) as string } },
      { ...client, data: { reason: "locked" } },
      { ...client, data: { reason: "disabled" } },
    ]);
    expect(events[0]!.data).toEqual({ method: "password", reason: "wrong_password" });
  });

  it("AU-01: name an account that does not exist by a digest", async () => {
    const { email, password } = newCredentials();
    await errorCode(auth.signIn({ email, password }, client));
    const rows = await ctx.host.query(
      `select user_id, data from ${ctx.table("events")} where user_id is null`,
    );
    const found = rows.filter(({ data }) => JSON.stringify(data).includes(accountKey({ canonical: email })));
    expect(found).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(email);
  });

  it("come newest first, as many as asked for", async () => {
    const credentials = newCredentials();
    const { user } = await auth.signUp(credentials);
    for (let i = 0; i < 3; i += 1) await auth.signIn(credentials);
    const events = await auth.listEvents(user.id);
    expect(events.map(({ type }) => type)).toEqual([
      ...Array<string>(3).fill("sign_in.succeeded"),
      "user.signed_up",
    ]);
    expect(await auth.listEvents(user.id, { limit: 2 })).toEqual(events.slice(0, 2));
    expect(await errorCode(auth.listEvents(user.id, { limit: 0 }))).toBe("invalid_input");
  });

  describe("AU-04, DB-02: a statement that fails", () => {
    /** While `work` runs one of our tables has another name, so that statements on it fail. */
    const without = async (table: string, work: () => Promise<void>): Promise<void> => {
      const gone = ctx.dialect === "postgres" ? "gone" : ctx.table("gone");
      const hidden = ctx.dialect === "postgres" ? ctx.table("gone") : gone;
      const back = ctx.dialect === "postgres" ? ctx.table(table).split(".")[1]! : ctx.table(table);
      await ctx.host.query(`alter table ${ctx.table(table)} rename to ${gone}`);
      try {
        await work();
      } finally {
        await ctx.host.query(`alter table ${hidden} rename to ${back}`);
      }
    };

    const count = async (table: string): Promise<number> =>
      Number((await ctx.host.query(`select count(*) as n from ${ctx.table(table)}`))[0]!["n"]);

    it.each(["credentials", "sessions", "devices", "events"])(
      "in %s leaves nothing of a sign-up",
      async (table) => {
        const credentials = newCredentials();
        const prepared = await auth.prepareSignUp(credentials);
        const others = ["users", "credentials", "sessions", "devices", "events"].filter(
          (name) => name !== table,
        );
        const before = await Promise.all(others.map(count));
        await without(table, async () => {
          expect(await errorCode(auth.signUp(prepared))).toBe("database_error");
          expect(await Promise.all(others.map(count))).toEqual(before);
        });
        await auth.signUp(prepared);
      },
    );

    it("in the event log leaves the change undone", async () => {
      const { email, password } = newCredentials();
      const { user, token, session } = await auth.signUp({ email, password });
      const changes: readonly (() => Promise<unknown>)[] = [
        () => auth.signIn({ email, password }),
        () => auth.signOut(token),
        () => auth.revokeSession({ userId: user.id, sessionId: session.id }),
        () => auth.revokeOtherSessions({ userId: user.id }),
        () => auth.changePassword({ token, currentPassword: password, newPassword: `${password} new` }),
        () => auth.deleteUser({ token, password }),
        () => auth.users.update(user.id, { name: "Bea", email: newCredentials().email }),
        () => auth.users.setPassword(user.id, "another horse entirely"),
        () => auth.users.disable(user.id),
        () => auth.users.delete(user.id),
      ];
      await without("events", async () => {
        for (const change of changes) expect(await errorCode(change())).toBe("database_error");
      });
      expect(await auth.getSession(token)).toEqual({ user, session });
      expect(await auth.listSessions(user.id)).toEqual([session]);
      await auth.users.unlock(user.id);
      expect(await errorCode(auth.signIn({ email, password }))).toBe("none");
    });

    it("in the event log refuses a wrong password no less", async () => {
      const { email, password } = newCredentials();
      await auth.signUp({ email, password });
      await without("events", async () => {
        expect(await errorCode(auth.signIn({ email, password: "not this one" }))).toBe("database_error");
      });
      const text = `select failures from ${ctx.table("attempts")} where key = $1`;
      const [attempt] = await ctx.host.query(text, [accountKey({ canonical: email })]);
      expect(Number(attempt!["failures"])).toBe(1);
    });
  });
});
