import assert from "node:assert/strict";
import { isAuthError } from "../../errors.ts";
import { errorStatus } from "../../http/answers/error-status.ts";
import { postJson } from "../module-subject/http-requests.ts";
import { goIn, newSignUp, type ModuleSubject } from "../module-subject/module-subject.ts";
import { readStoredRows, type StoredRows } from "../module-subject/stored-rows.ts";
import { newCredentials } from "../subject.ts";

/** The ways to an account with the module in the house. */
export function signUpTests(subject: ModuleSubject): void {
  const { it } = subject.test;

  it("takes part in a sign-up, which opens a session as ever", async () => {
    const { auth } = subject;
    const input = await newSignUp(subject);
    const result = await auth.signUp(input);
    assertAnswer(subject, result);
    const made = await goIn(subject, { result, ...input });
    assert.equal((await auth.getSession(made.token))?.user.id, made.user.id);
    const again = await goIn(subject, { result: await auth.signIn(input), ...input });
    assert.equal(again.user.id, made.user.id);
  });

  it("takes part in a sign-up over HTTP", async () => {
    const input = await newSignUp(subject);
    const { status, body } = await postJson(subject.auth, "/auth/sign-up", input);
    assert.equal(status, 201, JSON.stringify(body));
    assertAnswer(subject, body);
  });

  it("lets a sign-up without its fields be, or refuses it and leaves nothing", async () => {
    await succeedsOrLeavesNothing(subject, () => subject.auth.signUp(newCredentials()));
  });

  it("lets the application make an account, or refuses it and leaves nothing", async () => {
    const { auth } = subject;
    await succeedsOrLeavesNothing(subject, () => auth.users.create({ email: newCredentials().email }));
  });

  it("leaves nothing when the address is taken", async () => {
    const { auth } = subject;
    const { email } = newCredentials();
    await auth.users.create({ email });
    const input = { ...(await newSignUp(subject)), email };
    const before = await readAll(subject);
    const result: unknown = await auth.signUp(input).catch((error: unknown) => error);
    // A module may answer as if the address were free, and write to its owner.
    if (subject.watch.started?.hooks?.addressTaken)
      return assert.ok("pending" in Object(result), String(result));
    assert.ok(isAuthError(result, "user_exists"), String(result));
    assert.deepEqual(await readAll(subject), before);
  });

  for (const [wrong, fields] of Object.entries(subject.samples.refusedSignUps ?? {})) {
    it(`refuses a sign-up with ${wrong}, and leaves nothing`, async () => {
      const { auth } = subject;
      const input = { ...(await newSignUp(subject)), ...fields };
      const before = await readAll(subject);
      await assert.rejects(auth.signUp(input), (error) => isRefusal(error, input));
      const { status, type, body } = await postJson(auth, "/auth/sign-up", input);
      assert.ok(status >= 400 && status < 500, `${String(status)} ${JSON.stringify(body)}`);
      assert.equal(type, "application/problem+json");
      assert.deepEqual(await readAll(subject), before);
    });
  }
}

/** A module with a part in sign-ups has its answer among what they give, where they give a session. */
function assertAnswer({ module, watch }: ModuleSubject, result: object): void {
  if (!watch.started?.hooks?.signUp || "pending" in result) return;
  assert.ok(module.name in result, "the sign-up's result has no answer of the module");
}

function readAll({ host, auth, allTables }: ModuleSubject): Promise<StoredRows> {
  return readStoredRows({ host, database: auth.database }, allTables);
}

async function succeedsOrLeavesNothing(subject: ModuleSubject, work: () => Promise<unknown>): Promise<void> {
  const before = await readAll(subject);
  const { errors = {} } = subject.module;
  try {
    await work();
  } catch (error) {
    const expected = isAuthError(error, "invalid_input") || (isAuthError(error) && error.code in errors);
    if (!expected) throw error;
    assert.deepEqual(await readAll(subject), before);
  }
}

/** A failure that somebody at a keyboard can mend, and that repeats nothing they typed in secret. */
function isRefusal(
  error: unknown,
  { password, email }: { readonly password: string; readonly email: string },
): true {
  assert.ok(isAuthError(error), String(error));
  const statuses = errorStatus(error.code);
  const own = error.code.includes(".");
  assert.ok(own || statuses.status < 500, `${error.code} is nobody's mistake at the keyboard`);
  for (const secret of [password, email]) assert.ok(!error.message.includes(secret), error.code);
  return true;
}
