import { createBetterAuth } from "../subjects/better-auth.mjs";
import { PASSWORD, freshEmail } from "../subjects/subject.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";
import { USERS, numberFrom, outcomeOf, withPool } from "./scene.mjs";

/** @type {import("./scene.mjs").Claim} */
export const failingHook = {
  number: 2,
  text: "host code that fails after the user's insert undoes it, and a second try works",
  ours: (server) => withPool(server, { name: "claim_02_ours" }, observeOurs),
  theirs: (server) => withPool(server, { name: "claim_02_theirs" }, observeTheirs),
};

/** The host's row goes into the transaction of the sign-up; the first time a constraint refuses it. */
async function observeOurs(pool) {
  const { auth } = await createWispyAuth(pool);
  await pool.query("create table profiles (nickname text not null)");
  const email = freshEmail();
  const signUp = async (nickname) => {
    const prepared = await auth.prepareSignUp({ email, password: PASSWORD });
    const client = await pool.connect();
    try {
      await client.query("begin");
      await auth.within(client).signUp(prepared);
      await client.query("insert into profiles (nickname) values ($1)", [nickname]);
      await client.query("commit");
    } catch (error) {
      await client.query("rollback");
      throw error;
    } finally {
      client.release();
    }
  };
  const first = await outcomeOf(() => signUp(null));
  const stored = await numberFrom(pool, `select count(*) from ${USERS.ours}`);
  const retry = await outcomeOf(() => signUp("ada"));
  return result({ first, stored, retry });
}

/** Its documented place for such code: the hook after the user's creation. */
async function observeTheirs(pool) {
  let profileIsRefused = true;
  const after = async () => {
    if (profileIsRefused) throw new Error("The profile is refused");
  };
  const { signUp } = await createBetterAuth(pool, {
    options: { databaseHooks: { user: { create: { after } } } },
  });
  const email = freshEmail();
  const first = await outcomeOf(() => signUp(email));
  const stored = await numberFrom(pool, `select count(*) from ${USERS.theirs}`);
  profileIsRefused = false;
  const retry = await outcomeOf(() => signUp(email));
  return result({ first, stored, retry });
}

function result({ first, stored, retry }) {
  return {
    held: first.failed && stored === 0 && !retry.failed,
    saw: `users stored: ${stored}; second try: ${retry.code}`,
  };
}
