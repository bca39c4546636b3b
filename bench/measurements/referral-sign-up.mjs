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
 * What a referral code costs a sign-up, the password hash left out: of a thousand codes in turn, and of one code
 * that everybody brings at once, whose uses are counted one after the other whatever the statements. The latter has
 * no target.
 *
 * @param {import("../support/postgres-server.mjs").PostgresServer} server
 * @param {{ seconds: number, repeats: number }} options
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureReferralSignUp(server, options) {
  const pool = openPool({ connectionString: await server.createDatabase("referral_sign_up"), max: 10 });
  const { auth } = await createWispyAuth(pool, {
    hashing: false,
    options: { modules: [referrals({ programs: PROGRAMS })] },
  });
  const codes = await createCodes(auth);
  // Plans are made for tables that hold something.
  for (const code of codes) await signUp(auth, code);
  await pool.query("vacuum analyze");
  const popular = codes.pop();
  let next = 0;
  const works = {
    "without a code": () => signUp(auth),
    "with a code": () => signUp(auth, codes[next++ % codes.length]),
    "all with one code": () => signUp(auth, popular),
  };
  const findings = [];
  for (const callers of [1, 10]) findings.push(...(await compare(works, { callers, ...options })));
  await pool.end();
  return findings;
}

async function compare(works, options) {
  const { medians, rounds } = await alternate(works, options);
  const ratio = (name, rest) => ({
    measure: `  cost of a sign-up ${name}`,
    figures: { "wispy-auth": ratioOf(rounds, "without a code", name) },
    unit: "x",
    ...rest,
  });
  return [
    ...Object.entries(medians).map(([name, figure]) => ({
      measure: `sign-up ${name}, ${options.callers} at once`,
      figures: { "wispy-auth": figure },
    })),
    ratio("with a code", { target: { sign: "<=", limit: AT_MOST } }),
    ratio("all with one code"),
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
