import { openPool } from "../support/open-pool.mjs";
import { alternate, ratioOf } from "../support/measure.mjs";
import { createBareDriver } from "../subjects/bare-driver.mjs";
import { createBetterAuth } from "../subjects/better-auth.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";
import { freshEmail } from "../subjects/subject.mjs";

const ACCOUNTS = 1000;

/** One subject on a database and a pool of its own, with accounts that have a session each. */
async function populate(server, name, create) {
  const pool = openPool({ connectionString: await server.createDatabase(`throughput_${name}`), max: 10 });
  const subject = await create(pool);
  const emails = Array.from({ length: ACCOUNTS }, freshEmail);
  const visitors = [];
  for (let start = 0; start < ACCOUNTS; start += 10) {
    const group = emails.slice(start, start + 10);
    visitors.push(...(await Promise.all(group.map((email) => subject.signUp(email)))));
  }
  await pool.query("vacuum analyze");
  return { pool, subject, anyEmail: inTurn(emails), anyVisitor: inTurn(visitors) };
}

function inTurn(items) {
  let next = 0;
  return () => items[next++ % items.length];
}

/**
 * Session checks, sign-ins and sign-ups per second, the password hash left out everywhere. `checkSession` is the
 * call an application makes on every request of its own.
 *
 * @param {import("../support/postgres-server.mjs").PostgresServer} server
 * @param {{ seconds: number, repeats: number, only?: string[], callers?: number[] }} options
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureThroughput(server, { only, callers: callerCounts = [1, 10], ...options }) {
  const unhashed = (create) => (pool) => create(pool, { hashing: false });
  const ours = await populate(server, "wispy", unhashed(createWispyAuth));
  const theirs = await populate(server, "better", unhashed(createBetterAuth));
  const joined = await populate(server, "joined", (pool) =>
    createBetterAuth(pool, { hashing: false, options: { advanced: { database: { joins: true } } } }),
  );
  const bare = await populate(server, "bare", createBareDriver);

  const works = {
    "session check": {
      "wispy-auth": () => ours.subject.checkSession(ours.anyVisitor()),
      "better-auth": () => theirs.subject.checkSession(theirs.anyVisitor()),
      "better-auth, joins on": () => joined.subject.checkSession(joined.anyVisitor()),
      "bare driver": () => bare.subject.checkSession(bare.anyVisitor()),
      "bare, unnamed": () => bare.subject.checkSessionUnnamed(bare.anyVisitor()),
    },
    "session check over HTTP": {
      "wispy-auth": () => ours.subject.checkSessionOverHttp(ours.anyVisitor()),
      "better-auth": () => theirs.subject.checkSessionOverHttp(theirs.anyVisitor()),
    },
    "sign-in": {
      "wispy-auth": () => ours.subject.signInAgain(ours.anyEmail()),
      "better-auth": () => theirs.subject.signInAgain(theirs.anyEmail()),
      "bare driver": () => bare.subject.signIn(bare.anyEmail()),
    },
    "sign-in, new browser": {
      "wispy-auth": () => ours.subject.signIn(ours.anyEmail()),
      "better-auth": () => theirs.subject.signIn(theirs.anyEmail()),
    },
    "sign-up": {
      "wispy-auth": () => ours.subject.signUp(freshEmail()),
      "better-auth": () => theirs.subject.signUp(freshEmail()),
      "bare driver": () => bare.subject.signUp(freshEmail()),
      "bare, unnamed": () => bare.subject.signUpUnnamed(),
    },
  };

  const findings = [];
  for (const callers of callerCounts) {
    for (const measure of only ?? Object.keys(works)) {
      const { medians, rounds } = await alternate(works[measure], { callers, ...options });
      findings.push({ measure: `${measure}, ${callers} at once`, figures: medians });
      if (callers === 10) findings.push(...ratiosOf(rounds, TARGETS[measure]));
    }
  }
  for (const { pool } of [ours, theirs, joined, bare]) await pool.end();
  return findings;
}

/** How many times as fast as the others wispy-auth has to be, 10 at once. */
const TARGETS = {
  "session check": { "better-auth": 6, "bare driver": 0.7 },
  "session check over HTTP": { "better-auth": 4 },
  "sign-in": { "better-auth": 3 },
  "sign-in, new browser": { "better-auth": 3 },
  "sign-up": { "better-auth": 3 },
};

function ratiosOf(rounds, targets) {
  return Object.entries(targets).map(([other, limit]) => ({
    measure: `  ratio to ${other}`,
    figures: { "wispy-auth": ratioOf(rounds, "wispy-auth", other) },
    unit: "x",
    target: { sign: ">=", limit },
  }));
}
