import { createBetterAuth } from "../subjects/better-auth.mjs";
import { PASSWORD, freshEmail } from "../subjects/subject.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";
import { USERS, numberFrom, withPool } from "./scene.mjs";

/** @type {import("./scene.mjs").Claim} */
export const hostTransaction = {
  number: 1,
  text: "a sign-up joins the host's transaction: rolled back with it, committed with it",
  ours: (server) =>
    withPool(server, { name: "claim_01_ours" }, async (pool) => {
      const { auth } = await createWispyAuth(pool);
      return signUpInside(pool, USERS.ours, async (client, email) => {
        const prepared = await auth.prepareSignUp({ email, password: PASSWORD });
        await auth.within(client).signUp(prepared);
      });
    }),
  theirs: (server) =>
    withPool(server, { name: "claim_01_theirs" }, async (pool) => {
      const { signUp } = await createBetterAuth(pool);
      return signUpInside(pool, USERS.theirs, (_, email) => signUp(email));
    }),
};

async function signUpInside(pool, users, signUp) {
  await pool.query("create table organisations (name text not null)");
  const afterRollback = await usersLeftAfter("rollback");
  const afterCommit = await usersLeftAfter("commit");
  return {
    held: afterRollback === 0 && afterCommit === 1,
    saw: `users after rollback: ${afterRollback}, after commit: ${afterCommit}`,
  };

  async function usersLeftAfter(end) {
    const email = freshEmail();
    const client = await pool.connect();
    await client.query("begin");
    await client.query("insert into organisations (name) values ('Analytical Engines')");
    await signUp(client, email);
    await client.query(end);
    client.release();
    return numberFrom(pool, `select count(*) from ${users} where email = $1`, [email]);
  }
}
