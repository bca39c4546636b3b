import { randomUUID } from "node:crypto";
import type pg from "pg";
import { newCredentials } from "../../support/create-test-auth.ts";
import type { KnownAccount } from "./account-book.ts";
import type { Traveller, Visit } from "./journey.ts";

/** The application's own table; `joint-` in an address marks the users that belong to it. */
export const createMembers =
  "create table members (user_id uuid primary key, note text not null, visits int not null default 0)";

const insertMember = "insert into members (user_id, note) values ($1, $2)";
const findMember = `select m.note, u.email from members m join wispy.users u on u.id = m.user_id where m.user_id = $1`;

type HostStatement = (text: string, values?: readonly unknown[]) => Promise<pg.QueryResult>;

/** A user of ours and a row of the application's in one transaction of the application's. @throws Interrupted */
export async function signUpTogether(traveller: Traveller): Promise<Visit> {
  const { auth, recorder, book, pool } = traveller;
  const credentials = newJointCredentials();
  const { email, password } = credentials;
  const prepared = await recorder.call("sign-up preparation", () => auth.prepareSignUp(credentials));
  let committing = false;
  try {
    const { user, token } = await onClient({ pool, recorder }, async (client, query) => {
      await query("begin");
      const signedUp = await recorder.call("sign-up, joined", () => auth.within(client).signUp(prepared));
      await query(insertMember, [signedUp.user.id, "new"]);
      const { rows } = await query(findMember, [signedUp.user.id]);
      recorder.expect(rows.length === 1, `joined sign-up: ${rows.length} rows before COMMIT`);
      committing = true;
      const { command } = await query("commit");
      recorder.expect(command === "COMMIT", `joined sign-up: COMMIT was answered with ${command}`);
      return signedUp;
    });
    return { account: book.signedUp({ id: user.id, email, passwords: [password] }), token };
  } catch (error) {
    if (committing) book.mayBeThere(email);
    else book.isAbsent(email);
    throw error;
  }
}

/**
 * A taken address leaves the application's transaction usable; what follows in it is rolled back. Gives the token
 * of the session that never was. @throws Interrupted
 */
export async function rollBackTogether(traveller: Traveller, taken: KnownAccount): Promise<string> {
  const { auth, recorder, book, pool } = traveller;
  const credentials = newJointCredentials();
  const prepare = (given: { readonly email: string; readonly password: string }) =>
    recorder.call("sign-up preparation", () => auth.prepareSignUp(given));
  const again = await prepare({ email: taken.email, password: credentials.password });
  const prepared = await prepare(credentials);
  book.isAbsent(credentials.email);
  return onClient({ pool, recorder }, async (client, query) => {
    await query("begin");
    await recorder.refusal("sign-up, joined, taken address", "user_exists", () =>
      auth.within(client).signUp(again),
    );
    const { user, token } = await recorder.call("sign-up, joined", () =>
      auth.within(client).signUp(prepared),
    );
    await query(insertMember, [user.id, "undone"]);
    await query("rollback");
    return token;
  });
}

/** Lends a client of the application's pool; one whose work failed is not used again. */
async function onClient<T>(
  { pool, recorder }: Pick<Traveller, "pool" | "recorder">,
  work: (client: pg.PoolClient, query: HostStatement) => Promise<T>,
): Promise<T> {
  const client = await recorder.host("application's connection", () => pool.connect());
  // Whoever takes a client out of a pool must listen for its end, or the process ends with it.
  const ignore = (): void => undefined;
  client.on("error", ignore);
  let done = false;
  try {
    const value = await work(client, (text, values = []) =>
      recorder.host("application's statement", () => client.query(text, [...values])),
    );
    done = true;
    return value;
  } finally {
    if (done) client.removeListener("error", ignore);
    client.release(!done);
  }
}

function newJointCredentials(): { readonly email: string; readonly password: string } {
  return { ...newCredentials(), email: `joint-${randomUUID()}@example.com` };
}
