import assert from "node:assert/strict";
import { isAuthError } from "../../errors.ts";
import { allAtOnce, newCredentials, startAuth, type Subject } from "../subject.ts";

/** A handle that several borrow and give back, and that its owner ends. */
export function lendingTests(subject: Subject): void {
  const { it } = subject.test;

  it("serves several at once, and a start on tables that are up to date is one statement", async () => {
    const { host, auth } = subject;
    const { token } = await auth.signUp(newCredentials());
    const before = host.statementCount?.();
    const other = await startAuth(host);
    if (before !== undefined) assert.equal(host.statementCount?.(), before + 1);
    assert.deepEqual(await other.getSession(token), await auth.getSession(token));
    await other.close();
    assert.notEqual(await auth.getSession(token), null);
  });

  it("is given back in working order, after what is under way", async () => {
    const { host } = subject;
    const auth = await startAuth(host);
    const { token } = await auth.signUp(newCredentials());
    const underWay = allAtOnce(10, () => auth.getSession(token));
    await Promise.all([auth.close(), auth.close()]);
    for (const session of await underWay) assert.notEqual(session, null);
    await assert.rejects(auth.getSession(token), { code: "database_closed" });
    await assert.rejects(auth.signUp(newCredentials()), { code: "database_closed" });
    assert.deepEqual((await host.query("select 1 as one")).map(Object.values), [[1]]);
    const again = await startAuth(host);
    assert.notEqual(await again.getSession(token), null);
    await again.close();
  });

  it("is refused as what it is not", async () => {
    const { auth } = subject;
    for (const wrong of [null, undefined, "a word", {}, new Map(), () => undefined]) {
      assert.throws(
        () => auth.within(wrong),
        (error) => isAuthError(error, "unsupported_handle"),
      );
    }
  });

  it("makes every call a typed error once its owner has ended it", async () => {
    const { host, auth } = subject;
    const credentials = newCredentials();
    const { token } = await auth.signUp(credentials);
    const prepared = await auth.prepareSignUp(newCredentials());
    await host.close();
    const closed = { code: "database_closed" };
    await assert.rejects(auth.getSession(token), closed);
    await assert.rejects(auth.signIn(credentials), closed);
    await assert.rejects(auth.signUp(prepared), closed);
    await assert.rejects(auth.users.list(), closed);
    await assert.rejects(startAuth(host), closed);
    await auth.close();
  });
}
