import assert from "node:assert/strict";
import { goIn, newSignUp, newUser, type ModuleSubject } from "../module-subject/module-subject.ts";
import { readStoredRows } from "../module-subject/stored-rows.ts";
import { newCredentials } from "../subject.ts";

/**
 * A database may ask for a transaction again from its start (a conflict, a deadlock, a statement it has forgotten).
 * Here the first run of every script is thrown away; the second must do the same as the first.
 */
export function replayTests(subject: ModuleSubject): void {
  const { it } = subject.test;
  const { scripts } = subject.watch;
  const replaying = async (work: () => Promise<unknown>): Promise<void> => {
    for (const [name, [thrownAway, kept]] of await scripts.replaying(work)) {
      assert.deepEqual(kept, thrownAway, `${name} does something else when it is run again`);
    }
  };

  it("makes an account the same when its transaction is run again", async () => {
    const { auth, host } = subject;
    const input = await newSignUp(subject);
    await replaying(() => auth.signUp(input));
    const { user } = await goIn(subject, { result: await auth.signIn(input), ...input });
    const stored = await readStoredRows({ host, database: auth.database }, subject.allTables);
    assert.equal(stored["users"]?.filter(({ id }) => id?.includes(user.id)).length, 1);
    const types = (await auth.listEvents(user.id)).map(({ type }) => type);
    assert.equal(types.filter((type) => type === "user.signed_up").length, 1);
  });

  it("takes part in what becomes of an account by scripts that can be run again", async () => {
    const { auth } = subject;
    const user = await newUser(subject);
    await replaying(() => auth.users.create({ email: newCredentials().email }).catch(() => undefined));
    await replaying(async () => goIn(subject, { result: await auth.signIn(user), ...user }));
    await replaying(() => auth.users.update(user.userId, { email: newCredentials().email }));
    await replaying(() => auth.users.disable(user.userId));
    await replaying(() => auth.users.enable(user.userId));
    await replaying(() => auth.users.delete(user.userId));
    assert.equal(await auth.users.get(user.userId), null);
  });

  for (const [name, call] of Object.entries(subject.samples.calls ?? {})) {
    it(`${name}: works, and in transactions that can be run again`, async () => {
      await call(await newUser(subject));
      const caller = await newUser(subject);
      await replaying(() => call(caller));
    });
  }
}
