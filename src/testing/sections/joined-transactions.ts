import assert from "node:assert/strict";
import type { Auth } from "../../auth.ts";
import { isAuthError } from "../../errors.ts";
import type { HostDatabase, HostTransaction, TransactionSteps } from "../host-database.ts";
import { countRows, newCredentials, type Subject } from "../subject.ts";

const changedItsMind = new Error("the application changed its mind");

/** The application's own transaction with operations of ours in it: they commit or vanish together. */
export function joinedTransactionTests(subject: Subject): void {
  const { it, beforeAll } = subject.test;
  const noted = (email: string): Promise<number> =>
    countRows(subject.host, `host_notes where author = '${email}'`);

  beforeAll(async () => {
    await subject.host.query("create table host_notes (author text not null)");
  });

  it("a sign-up commits with the application's rows, or leaves nothing with them", async () => {
    const { auth, host } = subject;
    const credentials = newCredentials();
    const prepared = await auth.prepareSignUp(credentials);
    const signUp = (fail: boolean): Promise<Awaited<ReturnType<Auth["signUp"]>>> =>
      host.inTransaction(function* (transaction) {
        yield* note(transaction, credentials.email);
        const created = yield* step(auth.within(transaction.handle).signUp(prepared));
        yield* note(transaction, credentials.email);
        if (fail) throw changedItsMind;
        return created;
      });
    await assert.rejects(signUp(true), changedItsMind);
    assert.equal(await auth.users.getByEmail(credentials.email), null);
    assert.equal(await noted(credentials.email), 0);
    const { user, session, token } = await signUp(false);
    assert.deepEqual(await auth.getSession(token), { user, session });
    assert.equal((await auth.signIn(credentials)).user.id, user.id);
    assert.equal(await noted(credentials.email), 2);
  });

  it("sees what the application's transaction has written, before anybody else does", async () => {
    const { auth, host } = subject;
    const { email, password } = newCredentials();
    const prepared = await auth.preparePassword(password, { email });
    const seen = await host.inTransaction(function* ({ handle }) {
      const joined = auth.within(handle);
      const { id } = yield* step(joined.users.create({ email, password: prepared }));
      yield* step(joined.users.update(id, { name: "Bea" }));
      const found = yield* step(joined.users.getByEmail(email));
      yield* step(joined.users.delete(id));
      return [found?.name, yield* step(joined.users.get(id))];
    });
    assert.deepEqual(seen, ["Bea", null]);
    assert.equal(await auth.users.getByEmail(email), null);
  });

  it("an address that is taken is a typed error, and the transaction stays usable", async () => {
    const { auth, host } = subject;
    const credentials = newCredentials();
    await auth.signUp(credentials);
    const prepared = await auth.prepareSignUp(credentials);
    const codes = await host.inTransaction(function* (transaction) {
      const first = yield* failing(() => auth.within(transaction.handle).signUp(prepared));
      yield* note(transaction, credentials.email);
      return [first, yield* failing(() => auth.within(transaction.handle).signUp(prepared))];
    });
    assert.deepEqual(codes, ["user_exists", "user_exists"]);
    assert.equal(await noted(credentials.email), 1);
  });

  it("a savepoint of the application undoes ours with its own", async () => {
    const { auth, host } = subject;
    const [kept, undone] = [newCredentials(), newCredentials()];
    const [keep, undo] = await Promise.all([auth.prepareSignUp(kept), auth.prepareSignUp(undone)]);
    await host.inTransaction(function* (transaction) {
      yield* step(auth.within(transaction.handle).signUp(keep));
      yield* step(transaction.query("savepoint host_savepoint"));
      yield* note(transaction, undone.email);
      yield* step(auth.within(transaction.handle).signUp(undo));
      yield* step(transaction.query("rollback to savepoint host_savepoint"));
      yield* note(transaction, kept.email);
    });
    assert.equal((await auth.users.getByEmail(kept.email))?.email, kept.email);
    assert.equal(await auth.users.getByEmail(undone.email), null);
    assert.deepEqual([await noted(kept.email), await noted(undone.email)], [1, 0]);
  });

  it("a sign-in is refused in a transaction, and so is what was not prepared", async () => {
    const { auth, host } = subject;
    const credentials = newCredentials();
    const codes = await host.inTransaction(function* ({ handle }) {
      const signIn = yield* failing(() => auth.within(handle).signIn(credentials));
      return [signIn, yield* failing(() => auth.within(handle).signUp(credentials as never))];
    });
    assert.deepEqual(codes, ["sign_in_cannot_join", "invalid_input"]);
  });

  it("many transactions of the application at once keep their own rows", async () => {
    const { auth, host } = subject;
    const emails = await inTurnsOrAtOnce(host, 12, async (index) => {
      const credentials = newCredentials();
      const prepared = await auth.prepareSignUp(credentials);
      const work = host.inTransaction(function* (transaction) {
        yield* note(transaction, credentials.email);
        yield* step(auth.within(transaction.handle).signUp(prepared));
        if (index % 3 === 0) throw changedItsMind;
      });
      await (index % 3 === 0 ? assert.rejects(work, changedItsMind) : work);
      return credentials.email;
    });
    for (const [index, email] of emails.entries()) {
      const there = index % 3 === 0 ? 0 : 1;
      assert.equal(await noted(email), there);
      assert.equal((await auth.users.getByEmail(email)) === null ? 0 : 1, there);
    }
  });
}

/** One connection takes transactions one after the other; the application has to see to that. */
async function inTurnsOrAtOnce<T>(
  { oneConnection }: HostDatabase,
  count: number,
  call: (index: number) => Promise<T>,
): Promise<T[]> {
  const indexes = Array.from({ length: count }, (_, index) => index);
  if (oneConnection !== true) return Promise.all(indexes.map(call));
  const results: T[] = [];
  for (const index of indexes) results.push(await call(index));
  return results;
}

/** A step whose value keeps its type. */
function* step<T>(value: T | Promise<T>): TransactionSteps<T> {
  return (yield value) as T;
}

function* note(transaction: HostTransaction, author: string): TransactionSteps<void> {
  yield transaction.query(`insert into host_notes (author) values ('${author}')`);
}

/** The code a step fails with, at once or by its promise. */
function* failing(work: () => unknown): TransactionSteps<string> {
  try {
    yield work();
    return "none";
  } catch (error) {
    if (isAuthError(error)) return error.code;
    throw error;
  }
}
