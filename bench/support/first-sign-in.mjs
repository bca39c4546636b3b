/**
 * A program: prints the milliseconds from the import of a library to the answer of its first sign-in, in a SQLite
 * database in memory, the making of its tables included and the password hash left out.
 */
import Database from "better-sqlite3";

const SUBJECTS = {
  "wispy-auth": async () => (await import("../subjects/wispy-auth.mjs")).createWispyAuth,
  "better-auth": async () => (await import("../subjects/better-auth.mjs")).createBetterAuth,
};

const email = "first@mail.example";
const database = new Database(":memory:");
const start = performance.now();
const create = await SUBJECTS[process.argv[2]]();
const subject = await create(database, { hashing: false });
await subject.signUp(email);
await subject.signIn(email);
console.log(performance.now() - start);
