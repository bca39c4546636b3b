import { betterAuth } from "better-auth";
import { betterAuthOptions, createBetterAuth, migrateBetterAuth } from "../subjects/better-auth.mjs";
import { PASSWORD, freshEmail } from "../subjects/subject.mjs";
import { createAuth, createWispyAuth, wispyAuthOptions } from "../subjects/wispy-auth.mjs";
import { outcomeOf, withPool, withPoolOn } from "./scene.mjs";

/**
 * Two processes in a rolling deploy. The first runs while a column is added to the table of users; the other was
 * started before its migration, which a third process (here: another pool) then makes.
 *
 * @type {import("./scene.mjs").Claim}
 */
export const rollingMigration = {
  number: 13,
  text: "a process serves on while another migrates; one started too early recovers without a restart",
  ours: (server) =>
    observe(server, "claim_13_ours", {
      running: createWispyAuth,
      addColumn: "alter table wispy.users add column added_later text",
      async startEarly(pool) {
        const auth = await createAuth(wispyAuthOptions(pool, { options: { migrate: "off" } }));
        return (email) => auth.signUp({ email, password: PASSWORD });
      },
      migrate: (pool) => createAuth(wispyAuthOptions(pool)),
    }),
  theirs: (server) =>
    observe(server, "claim_13_theirs", {
      running: createBetterAuth,
      addColumn: `alter table "user" add column added_later text`,
      async startEarly(pool) {
        const { api } = betterAuth(betterAuthOptions(pool));
        return (email) => api.signUpEmail({ body: { email, password: PASSWORD, name: "Ada Lovelace" } });
      },
      migrate: (pool) => migrateBetterAuth(betterAuthOptions(pool)),
    }),
};

async function observe(server, name, library) {
  const errors = await withPool(server, { name }, (pool) => errorsOfRunning(pool, library));
  const early = await withPool(server, { name }, (pool, url) => outcomeOfEarly(pool, url, library));
  return {
    held: errors === 0 && !early.failed,
    saw: `errors of the running process: ${errors}; the early one afterwards: ${early.code}`,
  };
}

async function errorsOfRunning(pool, { running, addColumn }) {
  const subject = await running(pool);
  const visitor = await subject.signUp(freshEmail());
  let errors = 0;
  for (let round = 0; round < 40; round += 1) {
    if (round === 20) await pool.query(addColumn);
    const outcomes = await Promise.all([
      outcomeOf(() => subject.checkSession(visitor)),
      outcomeOf(() => subject.checkSession(visitor)),
    ]);
    errors += outcomes.filter(({ failed }) => failed).length;
  }
  return errors;
}

async function outcomeOfEarly(pool, url, { startEarly, migrate }) {
  const signUp = await startEarly(pool);
  await outcomeOf(() => signUp(freshEmail()));
  await withPoolOn(url, { max: 2 }, migrate);
  return outcomeOf(() => signUp(freshEmail()));
}
