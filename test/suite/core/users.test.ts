import { beforeAll, expect, it } from "vitest";
import { createTestAuth, newCredentials, type TestAuth } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { allAtOnce, errorCode, tally } from "./support/error-code.ts";

forEachDatabase("users for the application's own code", (ctx) => {
  const clock = createTestClock();
  let auth: TestAuth;
  beforeAll(async () => {
    auth = await createTestAuth(ctx, { clock });
  });

  const nobody = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

  it("are made with a password, a hash or neither, without a session", async () => {
    const { email, password } = newCredentials();
    const user = await auth.users.create({ email, password, name: "Ann" });
    expect(user).toEqual({
      id: user.id,
      email,
      name: "Ann",
      emailVerifiedAt: null,
      disabledAt: null,
      createdAt: clock.now(),
      updatedAt: clock.now(),
    });
    expect(await auth.users.get(user.id)).toEqual(user);
    expect(await auth.users.getByEmail(email.toUpperCase())).toEqual(user);
    expect(await auth.listSessions(user.id)).toEqual([]);
    expect(await errorCode(auth.signIn({ email, password }))).toBe("none");
    expect(await errorCode(auth.users.create({ email }))).toBe("user_exists");
    expect(await errorCode(auth.users.create({ email: "no address" }))).toBe("invalid_input");
    const both = { ...newCredentials(), passwordHash: "$2b$10$x" };
    expect(await errorCode(auth.users.create(both))).toBe("invalid_input");
    expect(await errorCode(auth.users.create({ ...newCredentials(), password: "short" }))).toBe(
      "password_rejected",
    );
  });

  it("are absent when nobody has the id or address, whatever is asked", async () => {
    for (const id of [nobody, nobody.toUpperCase(), "", "1; drop table users"]) {
      expect(await auth.users.get(id)).toBeNull();
      expect(await auth.users.delete(id)).toBe(false);
      const changes = [
        () => auth.users.update(id, { name: "x" }),
        () => auth.users.disable(id),
        () => auth.users.enable(id),
        () => auth.users.unlock(id),
        () => auth.users.setPassword(id, "correct horse battery"),
      ];
      for (const change of changes) expect(await errorCode(change())).toBe("not_found");
    }
    expect(await auth.users.getByEmail("nobody@example.com")).toBeNull();
  });

  it("are listed page by page in the order they came", async () => {
    const made = [];
    for (let i = 0; i < 5; i += 1) made.push((await auth.users.create({ email: newCredentials().email })).id);
    const listed: string[] = [];
    for (let after: string | undefined; ; after = listed.at(-1)) {
      const page = await auth.users.list({ limit: 2, ...(after === undefined ? {} : { after }) });
      if (page.length === 0) break;
      listed.push(...page.map((user) => user.id));
    }
    expect(listed.slice(-5)).toEqual(made);
    expect(new Set(listed).size).toBe(listed.length);
    expect(await auth.users.list({ after: "not an id" })).toEqual([]);
    for (const limit of [0, 1001, 1.5, Number.NaN, "2" as unknown as number]) {
      expect(await errorCode(auth.users.list({ limit }))).toBe("invalid_input");
    }
  });

  it("SE-07: a new address is unverified and ends the sessions, but for the one to keep", async () => {
    const credentials = newCredentials();
    const { user, token, session } = await auth.signUp(credentials);
    const kept = await auth.signIn(credentials);
    const text = `update ${ctx.table("users")} set email_verified_at = created_at where id = $1`;
    await ctx.host.query(text, [user.id]);
    clock.advance(5);
    const email = newCredentials().email;
    const updated = await auth.users.update(user.id, { email, keepSessionId: kept.session.id });
    expect(updated).toEqual({ ...user, email, emailVerifiedAt: null, updatedAt: clock.now() });
    expect(await auth.getSession(token)).toBeNull();
    expect((await auth.listSessions(user.id)).map(({ id }) => id)).toEqual([kept.session.id]);
    expect(session.id).not.toBe(kept.session.id);
    expect(await errorCode(auth.signIn(credentials))).toBe("invalid_credentials");
    expect(await errorCode(auth.signIn({ ...credentials, email }))).toBe("none");
    expect((await auth.listEvents(user.id)).map(({ type }) => type)).toContain("user.email_changed");
  });

  it("a change of the name alone, or of nothing, ends no session", async () => {
    const { user, token } = await auth.signUp(newCredentials());
    clock.advance(1);
    expect(await auth.users.update(user.id, { name: "Bea" })).toMatchObject({
      name: "Bea",
      updatedAt: clock.now(),
    });
    expect(await auth.users.update(user.id, { name: null })).toMatchObject({ name: null });
    const before = await auth.users.get(user.id);
    clock.advance(1);
    expect(await auth.users.update(user.id, { name: null, email: user.email })).toEqual(before);
    expect(await auth.users.update(user.id, {})).toEqual(before);
    expect(await auth.getSession(token)).not.toBeNull();
    const updates = (await auth.listEvents(user.id)).filter(({ type }) => type === "user.updated");
    expect(updates).toMatchObject([{ data: { fields: ["name"] } }, { data: { fields: ["name"] } }]);
  });

  it("of many who want one address at once one gets it", async () => {
    const users = await allAtOnce(10, () => auth.users.create({ email: newCredentials().email }));
    const { email } = newCredentials();
    const codes = await Promise.all(users.map(({ id }) => errorCode(auth.users.update(id, { email }))));
    expect(tally(codes)).toEqual({ none: 1, user_exists: 9 });
  });

  it("disabled, cannot sign in and keep the time; enabled, can", async () => {
    const credentials = newCredentials();
    const { user } = await auth.signUp(credentials);
    const { disabledAt } = await auth.users.disable(user.id, { reason: "spam" });
    expect(disabledAt).toEqual(clock.now());
    clock.advance(10);
    expect((await auth.users.disable(user.id)).disabledAt).toEqual(disabledAt);
    expect(await errorCode(auth.signIn(credentials))).toBe("invalid_credentials");
    expect((await auth.users.enable(user.id)).disabledAt).toBeNull();
    expect(await errorCode(auth.signIn(credentials))).toBe("none");
    const disabled = (await auth.listEvents(user.id)).filter(({ type }) => type === "user.disabled");
    expect(disabled.map(({ data }) => data)).toEqual([{}, { reason: "spam" }]);
  });

  it("given a password, lose their sessions and can sign in with it", async () => {
    const { email } = newCredentials();
    const user = await auth.users.create({ email });
    expect(await errorCode(auth.users.setPassword(user.id, "password1"))).toBe("password_rejected");
    expect(await errorCode(auth.users.setPassword(user.id, `${email.split("@")[0]!}!`))).toBe(
      "password_rejected",
    );
    await auth.users.setPassword(user.id, "correct horse battery");
    const { token } = await auth.signIn({ email, password: "correct horse battery" });
    await auth.users.setPassword(user.id, await auth.preparePassword("another horse entirely"));
    expect(await auth.getSession(token)).toBeNull();
    expect(await errorCode(auth.signIn({ email, password: "another horse entirely" }))).toBe("none");
  });
});
