import assert from "node:assert/strict";
import { isAuthError } from "../../errors.ts";
import { allAtOnce, newCredentials, type Subject } from "../subject.ts";

const callers = 30;

/** Many at once: on a handle of one connection they take turns, and none waits for ever. */
export function concurrencyTests(subject: Subject): void {
  const { it } = subject.test;

  it(`serves ${String(callers)} callers at once`, async () => {
    const { auth } = subject;
    const journeys = await allAtOnce(callers, async () => {
      const credentials = newCredentials();
      const { user, token } = await auth.signUp(credentials);
      const [first, second] = await Promise.all([auth.getSession(token), auth.signIn(credentials)]);
      await auth.signOut(token);
      const after = await Promise.all([auth.getSession(token), auth.getSession(second.token)]);
      return [
        first?.user.id === user.id,
        second.user.id === user.id,
        after[0],
        after[1]?.user.id === user.id,
      ];
    });
    assert.deepEqual(
      journeys,
      journeys.map(() => [true, true, null, true]),
    );
  });

  it("gives an address to one of fifty who ask for it at once", async () => {
    const { auth } = subject;
    const { email, password } = newCredentials();
    const prepared = await allAtOnce(50, () => auth.prepareSignUp({ email, password }));
    const outcomes = await Promise.all(
      prepared.map((one) =>
        auth.signUp(one).then(
          () => "created",
          (error: unknown) => (isAuthError(error) ? error.code : error),
        ),
      ),
    );
    assert.equal(outcomes.filter((outcome) => outcome === "created").length, 1);
    assert.equal(outcomes.filter((outcome) => outcome === "user_exists").length, 49);
    assert.equal((await auth.users.getByEmail(email))?.email, email);
  });
}
