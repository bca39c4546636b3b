import { createBetterAuth } from "../subjects/better-auth.mjs";
import { freshEmail } from "../subjects/subject.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";
import { USERS, numberFrom, outcomeOf, withPool } from "./scene.mjs";

/** @type {import("./scene.mjs").Claim} */
export const auditEvent = {
  number: 18,
  text: "the audit event is written in the transaction of the change: both, or neither",
  ours: (server) => withPool(server, { name: "claim_18_ours" }, observeOurs),
  theirs: (server) => withPool(server, { name: "claim_18_theirs" }, observeTheirs),
};

async function observeOurs(pool) {
  const { signUp } = await createWispyAuth(pool);
  await signUp(freshEmail());
  const events = await numberFrom(pool, "select count(*) from wispy.events");
  await pool.query("alter table wispy.events add constraint no_more check (false) not valid");
  const { failed } = await outcomeOf(() => signUp(freshEmail()));
  const users = await numberFrom(pool, `select count(*) from ${USERS.ours}`);
  return {
    held: events > 0 && failed && users === 1,
    saw: `events of a sign-up: ${events}; users stored when the event is refused: ${users - 1}`,
  };
}

/** Every row that a sign-up leaves, by table. */
async function observeTheirs(pool) {
  const { signUp } = await createBetterAuth(pool);
  await signUp(freshEmail());
  const { rows } = await pool.query(`select relname as name from pg_stat_user_tables order by relname`);
  const written = [];
  for (const { name } of rows) {
    if ((await numberFrom(pool, `select count(*) from "${name}"`)) > 0) written.push(name);
  }
  return { held: false, saw: `no event; rows in: ${written.join(", ")}` };
}
