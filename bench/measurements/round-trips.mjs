import { openPool } from "../support/open-pool.mjs";
import { startWireProxy } from "../support/wire-proxy.mjs";
import { createBetterAuth } from "../subjects/better-auth.mjs";
import { freshEmail } from "../subjects/subject.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";
import { measureOAuthRoundTrips } from "./oauth-round-trips.mjs";

const AT_MOST = { "session check": 1, "sign-in": 2, "sign-up": 2, "sign-out": 1 };

/**
 * Round trips per operation, counted on the wire, once everything is warm.
 *
 * @param {import("../support/postgres-server.mjs").PostgresServer} server
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureRoundTrips(server) {
  const proxy = await startWireProxy(server);
  const ours = await countFor(createWispyAuth, proxy, await server.createDatabase("round_trips_wispy"));
  const theirs = await countFor(createBetterAuth, proxy, await server.createDatabase("round_trips_better"));
  const callback = await measureOAuthRoundTrips(server, proxy);
  await proxy.close();
  const findings = Object.entries(AT_MOST).map(([operation, most]) => ({
    measure: operation,
    figures: { "wispy-auth": ours[operation], "better-auth": theirs[operation] },
    target: { sign: "<=", limit: most },
  }));
  return [...findings, callback];
}

async function countFor(create, proxy, url) {
  const pool = openPool({ connectionString: proxy.through(url), max: 1 });
  const subject = await create(pool, { hashing: false });
  await visit(subject, (_, work) => work());
  const counts = {};
  await visit(subject, async (operation, work) => {
    counts[operation] = (await proxy.count(work)).roundTrips;
  });
  await pool.end();
  return counts;
}

/** The life of one visitor. */
async function visit(subject, step) {
  const email = freshEmail();
  let visitor;
  await step("sign-up", () => subject.signUp(email));
  await step("sign-in", async () => {
    visitor = await subject.signIn(email);
  });
  await step("session check", () => subject.checkSession(visitor));
  await step("sign-out", () => subject.signOut(visitor));
}
