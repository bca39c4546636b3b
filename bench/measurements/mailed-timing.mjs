import pg from "pg";
import { mail, memoryTransport } from "../../dist/modules/mail/index.js";
import { passwordReset } from "../../dist/modules/password-reset/index.js";
import { areaUnderCurve, shuffled } from "../support/area-under-curve.mjs";
import { median } from "../support/measure.mjs";
import { freshEmail } from "../subjects/subject.mjs";
import { createAuth, wispyAuthOptions } from "../subjects/wispy-auth.mjs";

const ROUNDS = 400;
const WARM_UP_ROUNDS = 20;
/** 400 pairs give a standard error of 0.02: three of them on either side of one half. */
const AUC_WITHIN = 0.06;

/**
 * Whether the time of an answer tells if an address has an account, where the answer itself does not: asking for a new
 * password. The probability that a random request for an account takes longer than one for none (AUC), as its distance
 * from one half. The kinds alternate in random order, so that a slow moment falls on both.
 *
 * @param {import("../support/postgres-server.mjs").PostgresServer} server
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureMailedTiming(server) {
  const pool = new pg.Pool({ connectionString: await server.createDatabase("mailed_timing"), max: 2 });
  const auth = await createAuth(
    wispyAuthOptions(pool, {
      options: {
        baseUrl: "https://app.example.com",
        secret: "a secret of the benchmark, long enough to be one",
        modules: [
          mail({ from: "bench@example.com", transport: memoryTransport(), delivery: "manual" }),
          passwordReset(),
        ],
      },
    }),
  );
  const known = [];
  for (let round = 0; round < ROUNDS + WARM_UP_ROUNDS; round += 1) {
    known.push((await auth.users.create({ email: freshEmail() })).email);
  }
  const kinds = { account: (round) => known[round], "no account": () => freshEmail() };
  const times = { account: [], "no account": [] };
  for (let round = 0; round < ROUNDS + WARM_UP_ROUNDS; round += 1) {
    for (const kind of shuffled(Object.keys(kinds))) {
      const email = kinds[kind](round);
      const start = performance.now();
      await auth.passwordReset.request({ email });
      const milliseconds = performance.now() - start;
      if (round >= WARM_UP_ROUNDS) times[kind].push(milliseconds);
    }
  }
  await auth.close();
  await pool.end();
  return [
    {
      measure: "request for a new password: AUC from one half",
      figures: { "wispy-auth": Math.abs(areaUnderCurve(times.account, times["no account"]) - 0.5) },
      target: { sign: "<=", limit: AUC_WITHIN },
    },
    ...Object.entries(times).map(([kind, values]) => ({
      measure: `request for a new password, ${kind}: median`,
      figures: { "wispy-auth": median(values) },
      unit: "ms",
    })),
  ];
}
