import assert from "node:assert/strict";
import { newCredentials, type Subject } from "../subject.ts";

/** What one person does, one thing after the other. */
export function accountTests(subject: Subject): void {
  const { it } = subject.test;

  it("signs up, opens sessions and ends them", async () => {
    const { auth } = subject;
    const credentials = newCredentials();
    const created = await auth.signUp(credentials, { userAgent: "Grüße 🦉", ipAddress: "2001:db8::1" });
    assert.deepEqual(await auth.getSession(created.token), { user: created.user, session: created.session });
    assert.equal(created.session.userAgent, "Grüße 🦉");
    const second = await auth.signIn(credentials);
    assert.equal((await auth.listSessions(created.user.id)).length, 2);
    assert.equal(
      await auth.revokeOtherSessions({ userId: created.user.id, keepSessionId: second.session.id }),
      1,
    );
    assert.equal(await auth.getSession(created.token), null);
    assert.equal(await auth.signOut(second.token), true);
    assert.equal(await auth.signOut(second.token), false);
    assert.equal(await auth.getSession(second.token), null);
  });

  it("refuses a wrong password and an address that is taken, and goes on", async () => {
    const { auth } = subject;
    const credentials = newCredentials();
    const { user } = await auth.signUp(credentials);
    await assert.rejects(auth.signIn({ ...credentials, password: "wrong horse battery" }), {
      code: "invalid_credentials",
    });
    await assert.rejects(auth.signUp({ ...newCredentials(), email: credentials.email.toUpperCase() }), {
      code: "user_exists",
    });
    assert.equal((await auth.signIn(credentials)).user.id, user.id);
    const types = (await auth.listEvents(user.id)).map(({ type }) => type);
    assert.deepEqual(types, ["sign_in.succeeded", "sign_in.failed", "user.signed_up"]);
  });

  it("changes a password, and ends the sessions of the old one", async () => {
    const { auth } = subject;
    const { email, password } = newCredentials();
    const { token } = await auth.signUp({ email, password });
    const newPassword = `${password}!`;
    const changed = await auth.changePassword({ token, currentPassword: password, newPassword });
    assert.equal(await auth.getSession(token), null);
    assert.equal((await auth.getSession(changed.token))?.user.email, email);
    await assert.rejects(auth.signIn({ email, password }), { code: "invalid_credentials" });
    await auth.signIn({ email, password: newPassword });
  });

  it("administers users", async () => {
    const { auth } = subject;
    const { email, password } = newCredentials();
    const { id } = await auth.users.create({ email, password, name: "Ann O'Neil" });
    assert.equal((await auth.users.get(id))?.name, "Ann O'Neil");
    assert.equal((await auth.users.getByEmail(email))?.emailVerifiedAt, null);
    assert.equal((await auth.users.update(id, { name: "" })).name, null);
    assert.ok((await auth.users.disable(id, { reason: "spam" })).disabledAt instanceof Date);
    await assert.rejects(auth.signIn({ email, password }), { code: "invalid_credentials" });
    assert.equal((await auth.users.enable(id)).disabledAt, null);
    assert.equal(await auth.users.delete(id), true);
    assert.equal(await auth.users.delete(id), false);
    assert.equal(await auth.users.get(id), null);
  });

  it("finds its tables up to date", async () => {
    const report = await subject.auth.migrate();
    assert.deepEqual([report.drift, report.newer], [[], []]);
  });
}
