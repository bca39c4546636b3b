import { emailVerification } from "../../dist/modules/email-verification/index.js";
import { mail, memoryTransport } from "../../dist/modules/mail/index.js";
import { passwordReset } from "../../dist/modules/password-reset/index.js";
import { areaUnderCurve, shuffled } from "../support/area-under-curve.mjs";
import { openPool } from "../support/open-pool.mjs";
import { median } from "../support/measure.mjs";
import { freshEmail, PASSWORD } from "../subjects/subject.mjs";
import { createAuth, wispyAuthOptions } from "../subjects/wispy-auth.mjs";

const ROUNDS = 400;
const WARM_UP_ROUNDS = 20;
/** 400 pairs give a standard error of 0.02: three of them on either side of one half. */
const AUC_WITHIN = 0.06;

/**
 * Whether the time of an answer tells if an address has an account, where the answer itself does not: asking for a new
 * password, signing up where addresses are verified, and asking for the code again. The probability that a random call
 * for an account takes longer than one for none (AUC), as its distance from one half. Both kinds alternate in random
 * order, so that a slow moment falls on both.
 *
 * @param {import("../support/postgres-server.mjs").PostgresServer} server
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureMailedTiming(server) {
  const pool = openPool({ connectionString: await server.createDatabase("mailed_timing"), max: 2 });
  const auth = await createAuth(wispyAuthOptions(pool, { options: mailingOptions() }));
  const findings = [
    ...(await measureCalls("request for a new password", {
      account: await owners(auth),
      call: (email) => auth.passwordReset.request({ email }),
    })),
    ...(await measureCalls("sign-up", {
      account: await owners(auth),
      call: (email) => auth.signUp({ email, password: PASSWORD }),
    })),
    ...(await measureCalls("the code again", {
      account: await owners(auth),
      prepare: async (email) => (await auth.signUp({ email, password: PASSWORD })).pending.token,
      call: (pendingToken) => auth.emailVerification.send({ pendingToken }),
    })),
  ];
  await auth.close();
  await pool.end();
  return findings;
}

function mailingOptions() {
  return {
    baseUrl: "https://app.example.com",
    secret: "a secret of the benchmark, long enough to be one",
    modules: [
      mail({ from: "bench@example.com", transport: memoryTransport(), delivery: "manual" }),
      passwordReset(),
      emailVerification(),
    ],
  };
}

/** Addresses that have an account, one for each call. */
async function owners(auth) {
  const emails = [];
  for (let round = 0; round < ROUNDS + WARM_UP_ROUNDS; round += 1) {
    emails.push((await auth.users.create({ email: freshEmail(), emailVerified: true })).email);
  }
  return emails;
}

/**
 * @param {string} name
 * @param {{ account: string[], prepare?: (email: string) => Promise<string>, call: (subject: string) => Promise<unknown> }} measured
 */
async function measureCalls(name, { account, prepare = async (email) => email, call }) {
  const times = { account: [], "no account": [] };
  for (let round = 0; round < ROUNDS + WARM_UP_ROUNDS; round += 1) {
    for (const kind of shuffled(Object.keys(times))) {
      const subject = await prepare(kind === "account" ? account[round] : freshEmail());
      const start = performance.now();
      await call(subject);
      const milliseconds = performance.now() - start;
      if (round >= WARM_UP_ROUNDS) times[kind].push(milliseconds);
    }
  }
  return [
    {
      measure: `${name}: AUC from one half`,
      figures: { "wispy-auth": Math.abs(areaUnderCurve(times.account, times["no account"]) - 0.5) },
      target: { sign: "<=", limit: AUC_WITHIN },
    },
    ...Object.entries(times).map(([kind, values]) => ({
      measure: `${name}, ${kind}: median`,
      figures: { "wispy-auth": median(values) },
      unit: "ms",
    })),
  ];
}
