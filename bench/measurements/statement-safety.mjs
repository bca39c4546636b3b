import { randomBytes, randomUUID } from "node:crypto";
import { openPool } from "../support/open-pool.mjs";
import { alternate, ratioOf } from "../support/measure.mjs";
import { createAuth, wispyAuthOptions } from "../subjects/wispy-auth.mjs";
import { freshEmail, PASSWORD } from "../subjects/subject.mjs";

const ACCOUNTS = 1000;
/** What looking after statement names may cost: 5 % against naming them blindly. */
const AT_LEAST = 0.95;
/** Rounds are short and many: what is measured is smaller than the noise of one. */
const ROUNDS_PER_REPEAT = 3;

/**
 * What `statements: "auto"` costs on a direct connection, where it names: against `"named"`, which does not look for
 * a pooler, and against the same statements sent by hand on a client of such a pool, always named and never recovered.
 * One database, one pool of 10 each.
 *
 * @param {import("../support/postgres-server.mjs").PostgresServer} server
 * @param {{ seconds: number, repeats: number, callers?: number[] }} options
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureStatementSafety(server, { callers: counts = [1, 10], seconds, repeats }) {
  const url = await server.createDatabase("statement_safety");
  const pools = [];
  const open = () => {
    pools.push(openPool({ connectionString: url, max: 10 }));
    return pools.at(-1);
  };
  const authOn = (pool, statements) =>
    createAuth(wispyAuthOptions(pool, { hashing: false, options: { statements } }));
  const recording = open();
  const queries = recordQueries(recording);
  const recorded = await authOn(recording, "named");
  const tokens = [];
  for (let i = 0; i < ACCOUNTS; i += 1) tokens.push((await signUpWith(recorded)).token);
  const [signUp] = await queriesOf(queries, () => signUpWith(recorded));
  const checks = [];
  for (const token of tokens) checks.push(...(await queriesOf(queries, () => recorded.getSession(token))));
  await recording.query("vacuum analyze");

  const [auto, named, bare] = [await authOn(open(), "auto"), await authOn(open(), "named"), open()];
  const works = {
    "session check": {
      "wispy-auth": withNext(tokens, (token) => auto.getSession(token)),
      'statements: "named"': withNext(tokens, (token) => named.getSession(token)),
      "by hand, named": withNext(checks, (query) => send(bare, query)),
    },
    "sign-up": {
      "wispy-auth": () => signUpWith(auto),
      'statements: "named"': () => signUpWith(named),
      "by hand, named": () => send(bare, { ...signUp, values: withFreshKeys(signUp.values) }),
    },
  };
  const rounds = { seconds: seconds / ROUNDS_PER_REPEAT, repeats: repeats * ROUNDS_PER_REPEAT };
  const findings = [];
  for (const callers of counts) {
    for (const [measure, subjects] of Object.entries(works)) {
      const measured = await alternate(subjects, { callers, ...rounds });
      findings.push({ measure: `${measure}, ${callers} at once`, figures: measured.medians });
      findings.push(ratioTo('statements: "named"', measured.rounds, { sign: ">=", limit: AT_LEAST }));
      findings.push(ratioTo("by hand, named", measured.rounds));
    }
  }
  const { naming, pooler } = auto.database.stats();
  if (naming !== "named" || pooler !== "none") throw new Error(`Nothing was measured: naming is ${naming}`);
  for (const pool of pools) await pool.end();
  return findings;
}

function ratioTo(other, rounds, target) {
  const figures = { "wispy-auth": ratioOf(rounds, "wispy-auth", other) };
  return { measure: `  ratio to ${other}`, figures, unit: "x", ...(target && { target }) };
}

const signUpWith = (auth) => auth.signUp({ email: freshEmail(), password: PASSWORD, name: "Ada Lovelace" });

function withNext(items, work) {
  let next = 0;
  return () => work(items[next++ % items.length]);
}

/** What the library asks of the pool's clients from now on. */
function recordQueries(pool) {
  const queries = [];
  pool.on("connect", (client) => {
    const { query } = client;
    client.query = function (...given) {
      queries.push(given[0]);
      return query.apply(this, given);
    };
  });
  return queries;
}

async function queriesOf(queries, work) {
  queries.length = 0;
  await work();
  return [...queries];
}

/** As an application would that names its statements and hopes for the best. */
async function send(pool, { text, name, values }) {
  const client = await pool.connect();
  try {
    return await client.query({ name, text, values, rowMode: "array" });
  } finally {
    client.release();
  }
}

/** The same row once more: ids, hashes and addresses are made anew, equal ones equal. */
function withFreshKeys(values) {
  const email = freshEmail();
  const ids = new Map();
  const freshId = (id) => ids.get(id) ?? ids.set(id, randomUUID()).get(id);
  return values.map((value) => {
    if (Buffer.isBuffer(value)) return randomBytes(value.length);
    if (typeof value !== "string") return value;
    if (value.includes("@")) return email;
    return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value) ? freshId(value) : value;
  });
}
