import { createBetterAuth } from "../subjects/better-auth.mjs";
import { PASSWORD, freshEmail } from "../subjects/subject.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";
import { outcomeOf, withPool } from "./scene.mjs";

// Without this limit a caller that waits for a second connection would wait for ever.
const ONE_CONNECTION = { max: 1, connectionTimeoutMillis: 1500 };

/** @type {import("./scene.mjs").Claim} */
export const poolOfOne = {
  number: 3,
  text: "a pool of one connection is enough, host code inside the sign-up included",
  ours: (server) => withPool(server, { name: "claim_03_ours", ...ONE_CONNECTION }, observeOurs),
  theirs: (server) => withPool(server, { name: "claim_03_theirs", ...ONE_CONNECTION }, observeTheirs),
};

async function observeOurs(pool) {
  const subject = await createWispyAuth(pool);
  await pool.query("create table audit (email text)");
  return result(await outcomeOf(() => visit(subject)), await outcomeOf(() => signUpWithAudit(subject.auth)));

  async function signUpWithAudit(auth) {
    const email = freshEmail();
    const prepared = await auth.prepareSignUp({ email, password: PASSWORD });
    const client = await pool.connect();
    await client.query("begin");
    await client.query("insert into audit (email) values ($1)", [email]);
    await auth.within(client).signUp(prepared);
    await client.query("commit");
    client.release();
  }
}

async function observeTheirs(pool) {
  let hook = async () => {};
  const before = (user) => hook(user);
  const subject = await createBetterAuth(pool, {
    options: { databaseHooks: { user: { create: { before } } } },
  });
  await pool.query("create table audit (email text)");
  const plain = await outcomeOf(() => visit(subject));
  hook = async ({ email }) => {
    await pool.query("insert into audit (email) values ($1)", [email]);
  };
  return result(plain, await outcomeOf(() => subject.signUp(freshEmail())));
}

/** Every operation, one caller after the other and several at once. */
async function visit(subject) {
  const email = freshEmail();
  await subject.signUp(email);
  const visitors = await Promise.all([subject.signIn(email), subject.signIn(email), subject.signIn(email)]);
  await Promise.all(visitors.map((visitor) => subject.checkSession(visitor)));
  await Promise.all(visitors.map((visitor) => subject.signOut(visitor)));
}

function result(plain, withHostCode) {
  return {
    held: !plain.failed && !withHostCode.failed,
    saw: `operations: ${plain.code}; host's insert in the sign-up: ${withHostCode.code}`,
  };
}
