import { betterAuth } from "better-auth";
import { betterAuthOptions, createBetterAuth } from "../subjects/better-auth.mjs";
import { freshEmail } from "../subjects/subject.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";
import { outcomeOf } from "./scene.mjs";

/** The table that a sign-up writes after that of users, and the one of users. */
const TABLES = {
  "wispy-auth": {
    postgres: { users: "wispy.users", later: "wispy.events" },
    sqlite: { users: "wispy_users", later: "wispy_events" },
  },
  "better-auth": {
    postgres: { users: '"user"', later: "account" },
    sqlite: { users: '"user"', later: "account" },
  },
};

/**
 * What an application can hand over: the handle, and to better-auth a Kysely dialect in place of it. There
 * its transactions are off unless `transaction: true` is given, with which nothing of a failed sign-up is left.
 */
const CREATE = {
  "wispy-auth": ({ handle }) => [() => createWispyAuth(handle, { hashing: false })],
  "better-auth": ({ handle, dialect, kyselyDialect }) => [
    () => createOnBetterAuth(handle),
    ...(kyselyDialect ? [() => createOnBetterAuth({ dialect: kyselyDialect, type: dialect })] : []),
  ],
};

async function createOnBetterAuth(database) {
  // Its migration ends the process where it does not know the handle; its start throws.
  await betterAuth(betterAuthOptions(database)).$context;
  return createBetterAuth(database, { hashing: false });
}

/**
 * Lends a handle to a library, signs up, and looks whether a sign-up that fails half-way leaves anything.
 *
 * @param {"wispy-auth" | "better-auth"} library
 * @param {import("../support/handles.mjs").OpenHandle} opened
 * @returns {Promise<Tried>}
 *
 * @typedef {object} Tried
 * @property {"taken" | "by a dialect" | "refused"} handle
 * @property {boolean} undone Nothing of the failed sign-up is left.
 */
export async function tryHandle(library, opened) {
  const found = await firstThatWorks(CREATE[library](opened));
  if (found === null) return { handle: "refused", undone: false };
  const { users, later } = TABLES[library][opened.dialect];
  for (const text of REFUSE[opened.dialect](later)) await opened.query(text);
  const { failed } = await outcomeOf(() => found.subject.signUp(freshEmail()));
  if (!failed) throw new Error(`a refused insert into ${later} failed nothing`);
  const [{ count }] = await opened.query(`select count(*) as count from ${users}`);
  return { handle: found.way === 0 ? "taken" : "by a dialect", undone: Number(count) === 1 };
}

async function firstThatWorks(ways) {
  for (const [way, create] of ways.entries()) {
    try {
      const subject = await create();
      await subject.signUp(freshEmail());
      return { way, subject };
    } catch {
      // Another way may be left.
    }
  }
  return null;
}

const REFUSE = {
  postgres: (table) => [`alter table ${table} add constraint no_more check (false) not valid`],
  sqlite: (table) => [
    `create trigger no_more before insert on ${table} begin select raise(abort, 'no more'); end`,
  ],
};
