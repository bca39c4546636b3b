import assert from "node:assert/strict";
import { defineModule, type Module } from "../../contract/module.ts";
import type { TransactionScript } from "../../database/script.ts";
import { goIn, newSignUp, newUser, type ModuleSubject } from "../module-subject/module-subject.ts";
import { startWith, type AnyAuth } from "../module-subject/module-under-test.ts";
import { readStoredRows, type StoredRows } from "../module-subject/stored-rows.ts";
import { newCredentials } from "../subject.ts";

const changedItsMind = new Error("the application changed its mind");

/** What the module writes is there with everything else, or not at all. */
export function transactionTests(subject: ModuleSubject): void {
  const { it } = subject.test;
  const readAll = (): Promise<StoredRows> =>
    readStoredRows({ host: subject.host, database: subject.auth.database }, subject.allTables);

  it("signs up in the application's transaction, and vanishes with it", async () => {
    const { auth, host } = subject;
    const input = await newSignUp(subject);
    const prepared = await auth.prepareSignUp(input);
    const signUp = (fail: boolean): Promise<void> =>
      host.inTransaction(function* ({ handle }) {
        yield auth.within(handle).signUp(prepared);
        if (fail) throw changedItsMind;
      });
    const before = await readAll();
    await assert.rejects(signUp(true), changedItsMind);
    assert.deepEqual(await readAll(), before);
    await signUp(false);
    const { user } = await goIn(subject, { result: await auth.signIn(input), ...input });
    assert.equal(user.email, input.email);
  });

  it("takes back the end of a user with the application's transaction", async () => {
    const { auth, host } = subject;
    const { userId } = await newUser(subject);
    const before = await readAll();
    const deletion = host.inTransaction<void>(function* ({ handle }) {
      yield auth.within(handle).users.delete(userId);
      throw changedItsMind;
    });
    await assert.rejects(deletion, changedItsMind);
    assert.deepEqual(await readAll(), before);
  });

  it("leaves nothing when a module after it throws: a sign-up, an account made, a user's end", async () => {
    const auth = await startWithThrower(subject);
    const input = await newSignUp(subject);
    const { userId } = await newUser(subject);
    const before = await readAll();
    await assert.rejects(auth.signUp(input), changedItsMind);
    // It may have refused that already.
    await assert.rejects(auth.users.create({ email: newCredentials().email }));
    await assert.rejects(auth.users.delete(userId), changedItsMind);
    assert.deepEqual(await readAll(), before);
    await auth.close();
  });
}

/** A second `Auth` on the same handle, with a module after the one under test that lets nothing happen. */
function startWithThrower({
  host,
  create,
  others,
  module,
  clock,
  namespace,
}: ModuleSubject): Promise<AnyAuth> {
  const refuse = (): TransactionScript<never> =>
    // oxlint-disable-next-line require-yield
    function* () {
      throw changedItsMind;
    };
  const thrower: Module = defineModule({
    name: "conformanceThrower",
    dependsOn: [module.name],
    start: () => ({ api: {}, hooks: { signUp: () => refuse, userCreated: refuse, userDeleted: refuse } }),
  });
  const modules = [...others(), create(), thrower];
  return startWith(host, { modules, clock, ...(namespace !== undefined && { namespace }) });
}
