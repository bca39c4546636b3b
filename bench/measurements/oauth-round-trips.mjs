import { createBrowser } from "../support/browser.mjs";
import { startIssuer } from "../support/oidc-issuer.mjs";
import { openPool } from "../support/open-pool.mjs";
import { createBetterAuth } from "../subjects/better-auth.mjs";
import {
  REDIRECT_URIS,
  betterOAuthPlugin,
  goToProvider,
  startBetterOAuth,
  startWispyOAuth,
  wispyOAuthOptions,
} from "../subjects/oauth.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";

/**
 * Round trips of the way back from a provider, for somebody who signed in by it before.
 *
 * @param {import("../support/postgres-server.mjs").PostgresServer} server
 * @param {import("../support/wire-proxy.mjs").WireProxy} proxy
 * @returns {Promise<import("../support/report.mjs").Finding>}
 */
export async function measureOAuthRoundTrips(server, proxy) {
  const issuer = await startIssuer(REDIRECT_URIS);
  try {
    const url = async (name) => proxy.through(await server.createDatabase(name));
    const ours = await countCallback(await url("round_trips_oauth_wispy"), {
      create: (pool) => createWispyAuth(pool, { options: wispyOAuthOptions(issuer) }),
      start: startWispyOAuth,
      ...{ issuer, proxy },
    });
    const theirs = await countCallback(await url("round_trips_oauth_better"), {
      create: (pool) => createBetterAuth(pool, { options: { plugins: [betterOAuthPlugin(issuer)] } }),
      start: startBetterOAuth,
      ...{ issuer, proxy },
    });
    return {
      measure: "OAuth callback, linked account",
      figures: { "wispy-auth": ours, "better-auth": theirs },
      target: { sign: "<=", limit: 3 },
    };
  } finally {
    await issuer.stop();
  }
}

async function countCallback(url, { create, start, issuer, proxy }) {
  const pool = openPool({ connectionString: url, max: 1 });
  const { auth, checkSession } = await create(pool);
  const person = issuer.newPerson();
  let roundTrips;
  // The first makes the account, the second warms up.
  for (let time = 0; time < 3; time += 1) {
    const browser = createBrowser(auth);
    const back = await goToProvider(browser, start, person);
    ({ roundTrips } = await proxy.count(() => browser.get(back)));
    if ((await checkSession(browser.headers())) === null) throw new Error("The callback signed nobody in");
  }
  await pool.end();
  return roundTrips;
}
