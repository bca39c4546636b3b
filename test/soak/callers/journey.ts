import type pg from "pg";
import type { Auth } from "wispy-auth";
import { newCredentials } from "../../support/create-test-auth.ts";
import type { AccountBook, KnownAccount } from "./account-book.ts";
import { rollBackTogether, signUpTogether } from "./joint-sign-up.ts";
import type { Recorder } from "./recorder.ts";

/** What a caller works with. */
export interface Traveller {
  readonly auth: Auth<pg.Pool>;
  readonly pool: pg.Pool;
  readonly recorder: Recorder;
  readonly book: AccountBook;
  /** Between two calls, as a person or a page would. */
  readonly pause: () => Promise<void>;
}

/** An account, and the token of a session it opened. */
export interface Visit {
  readonly account: KnownAccount;
  readonly token: string;
}

/** A person's visit from sign-up to sign-out, and two sign-ups inside the application's own transaction. @throws Interrupted */
export async function travel(traveller: Traveller): Promise<void> {
  const { account, token } = await arrive(traveller);
  await comeBack(traveller, { account, token });
  const newToken = await changePassword(traveller, { account, token });
  const joint = await signUpTogether(traveller);
  await checkSession(traveller, { token: joint.token, userId: joint.account.id });
  const undone = await rollBackTogether(traveller, account);
  await checkSession(traveller, { token: undone, userId: null });
  await checkSession(traveller, { token: newToken, userId: account.id });
  await signOut(traveller, newToken);
}

async function arrive(traveller: Traveller): Promise<Visit> {
  const { auth, recorder, book, pause } = traveller;
  const credentials = newCredentials();
  const { email, password } = credentials;
  const { user, token } = await book.follow(email, () =>
    recorder.call("sign-up", () => auth.signUp(credentials)),
  );
  const account = book.signedUp({ id: user.id, email, passwords: [password] });
  await pause();
  for (let i = 0; i < 3; i += 1) await checkSession(traveller, { token, userId: user.id });
  await recorder.refusal("sign-up, taken address", "user_exists", () => auth.signUp(credentials));
  return { account, token };
}

/** From a second device, which is mistaken about the password first and signs out at the end. */
async function comeBack(traveller: Traveller, { account, token }: Visit): Promise<void> {
  const { auth, recorder, pause } = traveller;
  const { id, email, passwords } = account;
  await recorder.refusal("sign-in, wrong password", "invalid_credentials", () =>
    auth.signIn({ email, password: "not the right one" }),
  );
  await pause();
  const second = await recorder.call("sign-in", () => auth.signIn({ email, password: passwords[0]! }));
  await checkSession(traveller, { token: second.token, userId: id });
  const sessions = await recorder.call("session list", () => auth.listSessions(id));
  recorder.expect(sessions.length === 2, `session list: ${sessions.length} instead of 2`);
  await signOut(traveller, second.token);
  await checkSession(traveller, { token, userId: id });
}

/** Gives the token of the session that replaces all others. */
async function changePassword(traveller: Traveller, { account, token }: Visit): Promise<string> {
  const { auth, recorder, pause } = traveller;
  const [currentPassword] = account.passwords as [string];
  const { password: newPassword } = newCredentials();
  account.passwords = [currentPassword, newPassword];
  const changed = await recorder.call("password change", () =>
    auth.changePassword({ token, currentPassword, newPassword }),
  );
  account.passwords = [newPassword];
  await pause();
  await checkSession(traveller, { token, userId: null });
  return changed.token;
}

async function signOut(traveller: Traveller, token: string): Promise<void> {
  const { auth, recorder, pause } = traveller;
  const ended = await recorder.call("sign-out", () => auth.signOut(token));
  recorder.expect(ended, "sign-out: there was no such session");
  await pause();
  await checkSession(traveller, { token, userId: null });
}

/** `userId` null: the session must be over. */
async function checkSession(
  { auth, recorder, pause }: Traveller,
  { token, userId }: { readonly token: string; readonly userId: string | null },
): Promise<void> {
  const current = await recorder.call("session check", () => auth.getSession(token));
  const found = current?.user.id ?? null;
  recorder.expect(found === userId, `session check: user ${found} instead of ${userId}`);
  await pause();
}
