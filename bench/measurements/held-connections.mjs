import { openPool } from "../support/open-pool.mjs";
import { median, timed } from "../support/measure.mjs";
import { createBetterAuth } from "../subjects/better-auth.mjs";
import { freshEmail } from "../subjects/subject.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";

const SIGN_UPS_ALONE = 25;
const CONCURRENT_SIGN_UPS = 20;
const HELD_BELOW_MS = 10;
const CHECK_BELOW_MS = 50;

/**
 * With real password hashing: how long a sign-up keeps a connection from the others, and what a session check waits
 * while 20 callers sign up without pause on a pool of 10.
 *
 * @param {import("../support/postgres-server.mjs").PostgresServer} server
 * @param {{ seconds: number }} options
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureHeldConnections(server, { seconds }) {
  const ours = await observe(server, "held_wispy", createWispyAuth, seconds);
  const theirs = await observe(server, "held_better", createBetterAuth, seconds);
  const figures = (name) => ({ "wispy-auth": ours[name], "better-auth": theirs[name] });
  return [
    {
      measure: "connection held by a sign-up, median",
      figures: figures("held"),
      unit: "ms",
      target: { sign: "<", limit: HELD_BELOW_MS },
    },
    {
      measure: `session check under ${CONCURRENT_SIGN_UPS} sign-ups, median`,
      figures: figures("check"),
      unit: "ms",
      target: { sign: "<", limit: CHECK_BELOW_MS },
    },
  ];
}

async function observe(server, name, create, seconds) {
  const pool = openPool({ connectionString: await server.createDatabase(name), max: 10 });
  const subject = await create(pool, { hashing: true });
  const visitor = await subject.signUp(freshEmail());
  const held = await holdTimeOfSignUps(pool, subject);
  const check = await checkTimeUnderSignUps(subject, visitor, seconds);
  await pool.end();
  return { held, check };
}

async function holdTimeOfSignUps(pool, subject) {
  const since = new Map();
  let heldMs = 0;
  pool.on("acquire", (client) => since.set(client, performance.now()));
  pool.on("release", (_, client) => {
    heldMs += performance.now() - since.get(client);
  });
  const perSignUp = [];
  for (let count = 0; count < SIGN_UPS_ALONE; count += 1) {
    heldMs = 0;
    await subject.signUp(freshEmail());
    perSignUp.push(heldMs);
  }
  return median(perSignUp);
}

async function checkTimeUnderSignUps(subject, visitor, seconds) {
  let measuring = true;
  async function keepSigningUp() {
    while (measuring) await subject.signUp(freshEmail());
  }
  const signUps = Array.from({ length: CONCURRENT_SIGN_UPS }, keepSigningUp);
  const times = [];
  const end = performance.now() + Math.max(seconds, 2) * 1000;
  while (performance.now() < end) times.push(await timed(() => subject.checkSession(visitor)));
  measuring = false;
  await Promise.all(signUps);
  return median(times);
}
