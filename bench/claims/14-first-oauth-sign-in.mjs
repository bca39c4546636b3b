import { createBrowser } from "../support/browser.mjs";
import { startIssuer } from "../support/oidc-issuer.mjs";
import { createBetterAuth } from "../subjects/better-auth.mjs";
import {
  REDIRECT_URIS,
  betterOAuthPlugin,
  goToProvider,
  startBetterOAuth,
  startWispyOAuth,
  wispyOAuthOptions,
} from "../subjects/oauth.mjs";
import { PASSWORD } from "../subjects/subject.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";
import { numberFrom, withPool } from "./scene.mjs";

const ROUNDS = 20;
const BROWSERS = 4;

/**
 * One person comes back from the provider in several browsers at once, for the first time: in half of the rounds
 * somebody new, in the others somebody who has an account whose address is proved on both sides.
 *
 * @type {import("./scene.mjs").Claim}
 */
export const firstOAuthSignIn = {
  number: 14,
  text: `${BROWSERS} first sign-ins of one person at a provider at once: one link, all get in, and later too`,
  ours: (server) =>
    observe(server, "claim_14_ours", {
      create: (pool, issuer) => createWispyAuth(pool, { hashing: false, options: wispyOAuthOptions(issuer) }),
      start: startWispyOAuth,
      links: "select count(*) from wispy.oauth_identities where subject = $1",
      makeAccount: ({ auth }, { email }) =>
        auth.users.create({ email, password: PASSWORD, emailVerified: true }),
    }),
  theirs: (server) =>
    observe(server, "claim_14_theirs", {
      create: (pool, issuer) =>
        createBetterAuth(pool, { hashing: false, options: { plugins: [betterOAuthPlugin(issuer)] } }),
      start: startBetterOAuth,
      links: `select count(*) from account where "accountId" = $1`,
      async makeAccount({ signUp }, { email }, pool) {
        await signUp(email);
        await pool.query(`update "user" set "emailVerified" = true where email = $1`, [email]);
      },
    }),
};

async function observe(server, name, library) {
  const issuer = await startIssuer(REDIRECT_URIS);
  try {
    return await withPool(server, { name }, async (pool) => {
      const subject = await library.create(pool, issuer);
      const stage = { ...library, subject, issuer, pool };
      const newcomers = await play(stage, async () => {});
      const known = await play(stage, (person) => library.makeAccount(subject, person, pool));
      return {
        held: [newcomers, known].every((seen) => Object.values(seen).every((count) => count === 0)),
        saw: `of ${ROUNDS} newcomers somebody ${words(newcomers)}; of ${ROUNDS} known by address ${words(known)}`,
      };
    });
  } finally {
    await issuer.stop();
  }
}

/** In how many rounds something was not as it should be. */
async function play({ subject, start, issuer, links, pool }, prepare) {
  const seen = { turnedAway: 0, notOneLink: 0, lockedOut: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const person = issuer.newPerson();
    await prepare(person);
    const ways = [];
    for (let number = 0; number < BROWSERS; number += 1) ways.push(await leave());
    const got = await Promise.all(ways.map(comeBack));
    if (got.includes(false)) seen.turnedAway += 1;
    if ((await numberFrom(pool, links, [person.sub])) !== 1) seen.notOneLink += 1;
    if (!(await comeBack(await leave()))) seen.lockedOut += 1;

    async function leave() {
      const browser = createBrowser(subject.auth);
      return { browser, back: await goToProvider(browser, start, person) };
    }
  }
  return seen;

  async function comeBack({ browser, back }) {
    await browser.get(back);
    return Boolean(await subject.checkSession(browser.headers()));
  }
}

function words({ turnedAway, notOneLink, lockedOut }) {
  return `turned away in ${turnedAway}, not one link in ${notOneLink}, locked out later in ${lockedOut}`;
}
