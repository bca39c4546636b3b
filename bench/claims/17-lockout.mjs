import { createBetterAuth } from "../subjects/better-auth.mjs";
import { APP_URL, freshEmail } from "../subjects/subject.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";
import { outcomeOf, withPool } from "./scene.mjs";

const ATTEMPTS = 50;
const TRIED_AT_MOST = 5;

/** @type {import("./scene.mjs").Claim} */
export const lockout = {
  number: 17,
  text: `of ${ATTEMPTS} wrong passwords at once ${TRIED_AT_MOST} are tried, whatever address the client claims`,
  ours: (server) => withPool(server, { name: "claim_17_ours" }, observeOurs),
  theirs: (server) => withPool(server, { name: "claim_17_theirs" }, observeTheirs),
};

function observeOurs(pool) {
  return observe("/auth/sign-in", (refuse) => {
    const hasher = {
      hash: async () => "hash",
      // Asked about no hash, it only has to take its time, so that an answer does not tell a locked account.
      verify: async (hash) => ({ valid: hash !== null && refuse(), outdated: false }),
    };
    return createWispyAuth(pool, { options: { password: { hasher } } });
  });
}

function observeTheirs(pool) {
  return observe("/api/auth/sign-in/email", (refuse) => {
    const password = { hash: async () => "hash", verify: async () => refuse() };
    // Its limiter is on in production by default, and off in our other measurements.
    const options = { emailAndPassword: { password }, rateLimit: { enabled: true } };
    return createBetterAuth(pool, { options });
  });
}

/** How many of the wrong passwords were compared with the stored one: by library calls, and over HTTP. */
async function observe(path, create) {
  let compared = 0;
  const { auth, signUp, signIn } = await create(() => {
    compared += 1;
    return false;
  });
  async function comparedBy(attempt) {
    const email = freshEmail();
    await signUp(email);
    compared = 0;
    const numbers = Array.from({ length: ATTEMPTS }, (_, number) => number);
    await Promise.all(numbers.map((number) => outcomeOf(() => attempt(email, number))));
    return compared;
  }
  const called = await comparedBy((email) => signIn(email, "wrong horse battery staple"));
  const forged = await comparedBy((email, number) => {
    const headers = {
      origin: APP_URL,
      "content-type": "application/json",
      "x-forwarded-for": `198.51.100.${number}`,
    };
    const body = JSON.stringify({ email, password: "wrong horse battery staple" });
    return auth.handler(new Request(APP_URL + path, { method: "POST", headers, body }));
  });
  return {
    held: called === TRIED_AT_MOST && forged === TRIED_AT_MOST,
    saw: `tried by calls: ${called}; over HTTP with forged addresses: ${forged}`,
  };
}
