import { referrals } from "../../dist/modules/referrals/index.js";
import { openPool } from "../support/open-pool.mjs";
import { alternate, ratioOf } from "../support/measure.mjs";
import { freshEmail, PASSWORD } from "../subjects/subject.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";

const OWNERS = 1_000;
const AT_MOST = 1.5;

/** Both sides earn something, which is the dearest kind of redemption: two rewards, with their ledger and balances. */
const PROGRAMS = {
  default: { referrer: { amount: 500, unit: "cent" }, referee: { amount: 100, unit: "cent" } },
};

/**
 * What a referral code costs a sign-up: as it is shipped, with its password hash, which is what somebody who signs up waits
 * for and what has a target; and with the hash left out, so that the rest can be seen. Of a thousand codes in turn, and
 * of one code that everybody brings at once, whose uses are counted one after the other whatever the statements.
 *
 * @param {import("../support/postgres-server.mjs").PostgresServer} server
 * @param {{ seconds: number, repeats: number }} options
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureReferralSignUp(server, options) {
  const rewarding = await createStage(server, {
    name: "referral_sign_up",
    referralOptions: { programs: PROGRAMS },
  });
  const plain = await createStage(server, { name: "referral_sign_up_plain", referralOptions: {} });
  const shipped = await rewarding.createAuth({ hashing: true });
  const popular = rewarding.codes.pop();
  const setups = [
    {
      name: "as shipped",
      works: worksOf(shipped, rewarding),
      costs: [["with a code", { target: { sign: "<=", limit: AT_MOST } }]],
    },
    {
      name: "hash left out",
      works: {
        ...worksOf(rewarding.auth, rewarding),
        "all with one code": () => signUp(rewarding.auth, popular),
      },
      costs: [["with a code"], ["all with one code"]],
    },
    { name: "no rewards, hash left out", works: worksOf(plain.auth, plain), costs: [["with a code"]] },
  ];
  const findings = [];
  for (const setup of setups) {
    for (const callers of [1, 10]) findings.push(...(await compare(setup, { callers, ...options })));
  }
  for (const { pool } of [rewarding, plain]) await pool.end();
  return findings;
}

/** A database with the owners of a thousand codes, each of which has brought in somebody. */
async function createStage(server, { name, referralOptions }) {
  const pool = openPool({ connectionString: await server.createDatabase(name), max: 10 });
  const createAuth = async ({ hashing }) =>
    (await createWispyAuth(pool, { hashing, options: { modules: [referrals(referralOptions)] } })).auth;
  const auth = await createAuth({ hashing: false });
  const codes = await createCodes(auth);
  // Plans are made for tables that hold something.
  for (const code of codes) await signUp(auth, code);
  await pool.query("vacuum analyze");
  return { pool, createAuth, auth, codes };
}

function worksOf(auth, { codes }) {
  let next = 0;
  return {
    "without a code": () => signUp(auth),
    "with a code": () => signUp(auth, codes[next++ % codes.length]),
  };
}

async function compare({ name: setup, works, costs }, options) {
  const { medians, rounds } = await alternate(works, options);
  return [
    ...Object.entries(medians).map(([name, figure]) => ({
      measure: `${setup}: sign-up ${name}, ${options.callers} at once`,
      figures: { "wispy-auth": figure },
    })),
    ...costs.map(([name, rest]) => ({
      measure: `  cost of a sign-up ${name}`,
      figures: { "wispy-auth": ratioOf(rounds, "without a code", name) },
      unit: "x",
      ...rest,
    })),
  ];
}

async function createCodes(auth) {
  const codes = [];
  for (let owner = 0; owner < OWNERS; owner += 1) {
    const { user } = await signUp(auth);
    codes.push((await auth.referrals.createCode({ userId: user.id })).code);
  }
  return codes;
}

let addresses = 0;

/** From an address of one's own, so that what is looked up about it is there to be found. */
async function signUp(auth, referralCode) {
  addresses += 1;
  const ipAddress = `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`;
  const done = await auth.signUp({ email: freshEmail(), password: PASSWORD, referralCode }, { ipAddress });
  if (referralCode !== undefined && done.referrals?.redeemed !== true) {
    throw new Error("A sign-up did not redeem its code");
  }
  return done;
}
