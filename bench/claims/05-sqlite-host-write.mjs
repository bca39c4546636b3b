import { setImmediate as nextTurn } from "node:timers/promises";
import Database from "better-sqlite3";
import { createBetterAuth } from "../subjects/better-auth.mjs";
import { PASSWORD, freshEmail } from "../subjects/subject.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";
import { outcomeOf } from "./scene.mjs";

/** @type {import("./scene.mjs").Claim} */
export const sqliteHostWrite = {
  number: 5,
  text: "SQLite: what the host writes on the shared handle during a failing sign-up stays",
  ours: () => observe(signUpTwice),
  theirs: () => observe(signUpWithRefusingHook),
};

/** The write fails last of all: the address was taken while the password was being hashed. */
async function signUpTwice(database) {
  const { auth } = await createWispyAuth(database);
  const email = freshEmail();
  const prepared = await auth.prepareSignUp({ email, password: PASSWORD });
  return async () => {
    const late = auth.signUp({ email, password: PASSWORD });
    database.transaction(() => auth.within(database).signUp(prepared))();
    await late;
  };
}

/** A hook that refuses the session, as its documentation has it. */
async function signUpWithRefusingHook(database) {
  const before = async () => {
    throw new Error("Not yet approved");
  };
  const { signUp } = await createBetterAuth(database, {
    options: { databaseHooks: { session: { create: { before } } } },
  });
  return () => signUp(freshEmail());
}

async function observe(createFailingSignUp) {
  const database = new Database(":memory:");
  const failingSignUp = await createFailingSignUp(database);
  database.exec("create table notes (number integer)");

  const insert = database.prepare("insert into notes (number) values (?)");
  let written = 0;
  let ended = false;
  const signUp = outcomeOf(failingSignUp).finally(() => (ended = true));
  while (!ended) {
    insert.run((written += 1));
    await nextTurn();
  }
  const { failed, code } = await signUp;
  const { kept } = database.prepare("select count(*) as kept from notes").get();
  database.close();
  return {
    held: failed && kept === written,
    saw: `sign-up: ${code}; host's rows lost: ${written - kept} of ${written}`,
  };
}
