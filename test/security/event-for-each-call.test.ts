import { beforeAll, expect, it } from "vitest";
import type { SecurityEventType } from "../../src/core/security-event.ts";
import { createTestAuth, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createTestClock } from "../support/test-clock.ts";

forEachDatabase("AU-01: each call and how it ends", (ctx) => {
  const clock = createTestClock();
  const client = { ipAddress: "192.0.2.1", userAgent: "a browser" };
  let auth: TestAuth;
  beforeAll(async () => {
    auth = await createTestAuth(ctx, { clock, lockout: { maxFailures: 2 } });
  });

  const account = async () => {
    const { email, password } = newCredentials();
    return { email, password, ...(await auth.signUp({ email, password }, client)) };
  };
  type Account = Awaited<ReturnType<typeof account>>;
  type Call = (made: Account) => Promise<unknown>;

  const wrong = "not the password";
  const ignore = (work: Promise<unknown>): Promise<unknown> => work.catch(() => null);

  const calls: readonly (readonly [string, Call, ...SecurityEventType[]])[] = [
    ["a sign-up", () => auth.signUp(newCredentials(), client), "user.signed_up"],
    ["a sign-up with a taken address", (made) => auth.signUp(pick(made), client)],
    ["a sign-in", (made) => auth.signIn(pick(made), client), "sign_in.succeeded"],
    ["a wrong password", ({ email }) => auth.signIn({ email, password: wrong }, client), "sign_in.failed"],
    ["an unknown address", () => auth.signIn(newCredentials(), client), "sign_in.failed"],
    ["a session check", ({ token }) => auth.getSession(token)],
    ["a sign-out", ({ token }) => auth.signOut(token, client), "sign_out"],
    ["a sign-out of nothing", () => auth.signOut("A".repeat(43), client)],
    ["a list of sessions", ({ user }) => auth.listSessions(user.id)],
    [
      "an ended session",
      ({ user, session }) => auth.revokeSession({ userId: user.id, sessionId: session.id }, client),
      "session.revoked",
    ],
    [
      "a session that is not the user's",
      ({ user }) => auth.revokeSession({ userId: user.id, sessionId: user.id }, client),
    ],
    [
      "ended sessions",
      ({ user }) => auth.revokeOtherSessions({ userId: user.id }, client),
      "sessions.revoked",
    ],
    [
      "no other session",
      ({ user, session }) => auth.revokeOtherSessions({ userId: user.id, keepSessionId: session.id }, client),
    ],
    ["a changed password", (made) => auth.changePassword(change(made), client), "password.changed"],
    [
      "a change with a wrong password",
      (made) => auth.changePassword({ ...change(made), currentPassword: wrong }, client),
      "password.confirmation_failed",
    ],
    ["a removed account", (made) => auth.deleteUser(made, client), "user.deleted"],
    [
      "a removal with a wrong password",
      ({ token }) => auth.deleteUser({ token, password: wrong }, client),
      "password.confirmation_failed",
    ],
    ["a list of events", ({ user }) => auth.listEvents(user.id)],
    ["users.create", () => auth.users.create({ email: newCredentials().email }), "user.created"],
    ["users.update, name", ({ user }) => auth.users.update(user.id, { name: "Bea" }), "user.updated"],
    [
      "users.update, address",
      ({ user }) => auth.users.update(user.id, { email: newCredentials().email }),
      "user.email_changed",
    ],
    [
      "users.update, both",
      ({ user }) => auth.users.update(user.id, { name: "Bea", email: newCredentials().email }),
      "user.updated",
      "user.email_changed",
    ],
    ["users.update, nothing new", ({ user }) => auth.users.update(user.id, { name: null })],
    ["users.setPassword", ({ user }) => auth.users.setPassword(user.id, "a wholly new one"), "password.set"],
    ["users.disable", ({ user }) => auth.users.disable(user.id, { reason: "left" }), "user.disabled"],
    ["users.enable", ({ user }) => auth.users.enable(user.id), "user.enabled"],
    ["users.unlock", ({ user }) => auth.users.unlock(user.id), "user.unlocked"],
    ["users.delete", ({ user }) => auth.users.delete(user.id), "user.deleted"],
    ["users.delete of nobody", ({ session }) => auth.users.delete(session.id)],
    ["users.get and list", ({ user }) => Promise.all([auth.users.get(user.id), auth.users.list()])],
    ["a clean-up", () => auth.cleanUp()],
  ];

  function pick({ email, password }: Account): { email: string; password: string } {
    return { email, password };
  }

  function change({ token, password }: Account) {
    return { token, currentPassword: password, newPassword: `${password} new` };
  }

  const readEvents = async (): Promise<readonly Record<string, unknown>[]> =>
    ctx.host.query(`select * from ${ctx.table("events")} order by id`);

  const added = async (call: () => Promise<unknown>): Promise<readonly Record<string, unknown>[]> => {
    const before = new Set((await readEvents()).map((row) => row["id"]));
    await ignore(call());
    return (await readEvents()).filter((row) => !before.has(row["id"]));
  };

  for (const [name, call, ...types] of calls) {
    it(name, () => expectEvents(call, types));
  }

  const expectEvents = async (call: Call, types: readonly SecurityEventType[]): Promise<void> => {
    const made = await account();
    clock.advance(1);
    const entries = await added(() => call(made));
    expect(entries.map((entry) => entry["type"])).toEqual(types);
    for (const entry of entries) {
      const time = entry["occurred_at"];
      expect(time instanceof Date ? time : new Date(Number(time))).toEqual(clock.now());
      const byClient = call.toString().includes("client");
      expect([entry["ip_address"], entry["user_agent"]]).toEqual(
        byClient ? [client.ipAddress, client.userAgent] : [null, null],
      );
      const { method, attempted } = (
        typeof entry["data"] === "string" ? JSON.parse(entry["data"]) : entry["data"]
      ) as Record<string, unknown>;
      if (String(entry["type"]).startsWith("sign_in")) expect(method).toBe("password");
      expect(entry["user_id"] !== null || typeof attempted === "string").toBe(true);
    }
  };

  it("a locked account: the attempt that was not tried is told of too", async () => {
    const { email } = await account();
    const guess = () => auth.signIn({ email, password: wrong }, client);
    for (const reason of ["wrong_password", "wrong_password", "locked"]) {
      const [entry] = await added(guess);
      expect(JSON.stringify(entry!["data"])).toContain(reason);
    }
  });
});
