import { areaUnderCurve, shuffled } from "../support/area-under-curve.mjs";
import { openPool } from "../support/open-pool.mjs";
import { median } from "../support/measure.mjs";
import { freshEmail, PASSWORD } from "../subjects/subject.mjs";
import { createAuth, wispyAuthOptions } from "../subjects/wispy-auth.mjs";

const ROUNDS = 400;
const WARM_UP_ROUNDS = 20;
const IMPORTED = "bcrypt hash";
const FLOOR_MS = 250;
/** Of cost 10, and of no matter which password. */
const BCRYPT_HASH = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
/** 400 pairs give a standard error of 0.02: three of them on either side of one half. */
const AUC_WITHIN = 0.06;

/**
 * Whether the time of a refused sign-in tells why it was refused, with real password hashing. For each kind of
 * refusal: the probability that a random one takes longer than a random sign-in to an account that does not exist
 * (AUC), as its distance from one half. One caller; all kinds in each round, in random order, so that a slow moment
 * falls on all.
 *
 * A hash imported from elsewhere costs more: without `lockout.refusalFloorMilliseconds` it is measured without a
 * target, and with it against accounts that do not exist under the same floor.
 *
 * @param {import("../support/postgres-server.mjs").PostgresServer} server
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureSignInTiming(server) {
  const pool = openPool({ connectionString: await server.createDatabase("sign_in_timing"), max: 2 });
  const lockout = { lockSeconds: 86_400, maxLockSeconds: 86_400 };
  const auth = await createAuth(wispyAuthOptions(pool, { options: { lockout } }));
  const kinds = await prepareKinds(auth);
  const times = await measureRounds(auth, kinds);
  const floor = { lockout: { ...lockout, refusalFloorMilliseconds: FLOOR_MS } };
  const floored = await createAuth(wispyAuthOptions(pool, { options: floor }));
  const flooredTimes = await measureRounds(floored, { unknown: kinds.unknown, [IMPORTED]: kinds[IMPORTED] });
  await floored.close();
  await auth.close();
  await pool.end();
  const { unknown, ...others } = times;
  return [
    ...Object.entries(others).map(([kind, values]) => ({
      measure: `${kind}: AUC from one half`,
      figures: { "wispy-auth": Math.abs(areaUnderCurve(values, unknown) - 0.5) },
      ...(kind === IMPORTED ? {} : { target: { sign: "<=", limit: AUC_WITHIN } }),
    })),
    {
      measure: `${IMPORTED}, floor of ${FLOOR_MS} ms: AUC from one half`,
      figures: {
        "wispy-auth": Math.abs(areaUnderCurve(flooredTimes[IMPORTED], flooredTimes.unknown) - 0.5),
      },
      target: { sign: "<=", limit: AUC_WITHIN },
    },
    ...Object.entries(times).map(([kind, values]) => ({
      measure: `${kind}: median`,
      figures: { "wispy-auth": median(values) },
      unit: "ms",
    })),
  ];
}

/** For each kind a function that gives the next attempt; accounts are made beforehand, one for each attempt. */
async function prepareKinds(auth) {
  const password = await auth.preparePassword(PASSWORD);
  const wrong = "not the password";
  const make = async (input, prepare = async () => undefined) => {
    const emails = [];
    for (let round = 0; round < ROUNDS + WARM_UP_ROUNDS; round += 1) {
      const { id, email } = await auth.users.create({ email: freshEmail(), ...input });
      await prepare(id);
      emails.push(email);
    }
    return emails;
  };
  const locked = await make({ password });
  for (const email of locked.slice(0, 40)) await lock(auth, email);
  const disabled = await make({ password }, (id) => auth.users.disable(id));
  const [known, passwordless, imported] = [
    await make({ password }),
    await make({}),
    await make({ passwordHash: BCRYPT_HASH }),
  ];
  return {
    unknown: () => ({ email: freshEmail(), password: wrong }),
    "wrong password": (round) => ({ email: known[round], password: wrong }),
    locked: (round) => ({ email: locked[round % 40], password: PASSWORD }),
    disabled: (round) => ({ email: disabled[round], password: PASSWORD }),
    "no password": (round) => ({ email: passwordless[round], password: wrong }),
    [IMPORTED]: (round) => ({ email: imported[round], password: wrong }),
  };
}

async function lock(auth, email) {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await auth.signIn({ email, password: "not the password" }).catch(() => undefined);
  }
}

async function measureRounds(auth, kinds) {
  const times = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
  for (let round = 0; round < ROUNDS + WARM_UP_ROUNDS; round += 1) {
    for (const kind of shuffled(Object.keys(kinds))) {
      const input = kinds[kind](round);
      const start = performance.now();
      const code = await auth.signIn(input).then(
        () => "signed in",
        (error) => error.code,
      );
      const milliseconds = performance.now() - start;
      if (code !== "invalid_credentials") throw new Error(`A sign-in (${kind}) was answered by ${code}`);
      if (round >= WARM_UP_ROUNDS) times[kind].push(milliseconds);
    }
  }
  return times;
}
