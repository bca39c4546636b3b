import { referrals } from "../../dist/modules/referrals/index.js";
import { openPool } from "../support/open-pool.mjs";
import { alternateTimes, median } from "../support/measure.mjs";
import { fillReferralTables, userId } from "../support/referral-tables.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";

const SMALL = 10_000;
const USERS = 1_000_000;
const VISITORS = 1_000;
const LOOKUPS_BELOW = 5;
const GROWTH_AT_MOST = 1.5;

/**
 * How long the answers about referrals take, beside a lookup by primary key on the same connection: with ten thousand
 * users and with a million, and twice as many referrals. Asked for are a thousand users spread over the table, and the
 * one who has brought in the most.
 *
 * @param {import("../support/postgres-server.mjs").PostgresServer} server
 * @param {{ seconds: number, repeats: number, users?: number }} options
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureReferralTableSize(server, { users = USERS, ...options }) {
  const small = await populate(server, "referrals_small", SMALL);
  const large = await populate(server, "referrals_large", users);
  const works = Object.fromEntries(
    Object.keys(small.works).flatMap((name) => [
      [`${name}, small`, small.works[name]],
      [`${name}, large`, large.works[name]],
    ]),
  );
  const rounds = await alternateTimes(works, options);
  for (const { close } of [small, large]) await close();
  return Object.keys(small.works).flatMap((name) => findingsOf(name, { rounds, users }));
}

function findingsOf(name, { rounds, users }) {
  const p50 = (size) => median(rounds.map((round) => round[`${name}, ${size}`]));
  const ratio = (one, other) => median(rounds.map((round) => round[one] / round[other]));
  const finding = (measure, figure, rest) => ({ measure, figures: { "wispy-auth": figure }, ...rest });
  const findings = [
    finding(`${name}, ${SMALL.toLocaleString("en-US")} users`, p50("small"), { unit: "ms" }),
    finding(`${name}, ${users.toLocaleString("en-US")} users`, p50("large"), { unit: "ms" }),
    finding("  ratio", ratio(`${name}, large`, `${name}, small`), {
      unit: "x",
      target: { sign: "<=", limit: GROWTH_AT_MOST },
    }),
  ];
  if (name === LOOKUP) return findings;
  const inLookups = ratio(`${name}, large`, `${LOOKUP}, large`);
  return [
    ...findings,
    finding("  ratio to the lookup", inLookups, { unit: "x", target: { sign: "<", limit: LOOKUPS_BELOW } }),
  ];
}

const LOOKUP = "lookup by primary key";

async function populate(server, name, users) {
  const pool = openPool({ connectionString: await server.createDatabase(name), max: 1 });
  const programs = { default: { referrer: { amount: 500, unit: "cent" } } };
  const { auth } = await createWispyAuth(pool, { options: { modules: [referrals({ programs })] } });
  await fillReferralTables(pool, users);
  const top = userId(1);
  let next = 0;
  const anybody = () => userId(1 + ((next++ % VISITORS) * users) / VISITORS);
  const lookup = { name: "lookup", text: "select id, email, name from wispy.users where id = $1" };
  const works = {
    [LOOKUP]: () => pool.query({ ...lookup, values: [anybody()] }),
    stats: () => auth.referrals.stats(anybody()),
    "stats of the first": () => auth.referrals.stats(top),
    leaderboard: () => auth.referrals.leaderboard(),
    "stats of the program": () => auth.referrals.programStats(),
    balances: () => auth.referrals.balances(anybody()),
    "10 referrals of the first": () => auth.referrals.listReferrals(top, { limit: 10 }),
    "10 rewards of the first": () => auth.referrals.listRewards(top, { limit: 10 }),
  };
  await assertFilled(auth, { top, users });
  const close = async () => {
    await auth.close();
    await pool.end();
  };
  return { works, close };
}

/** What is measured must be there: totals that add up, and lists that are full. */
async function assertFilled({ referrals: api }, { top, users }) {
  const { referrals: total } = await api.programStats();
  const lists = [await api.leaderboard(), await api.listReferrals(top), await api.listRewards(top)];
  const [balance] = await api.balances(top);
  const { referrals: own, daily } = await api.stats(top, { days: 366 });
  const counted = daily.reduce((sum, day) => sum + day.referrals, 0);
  const whole = total === 2 * users && own === counted && balance?.approved === 500 * own;
  if (!whole || lists[0].length !== 10 || lists[1].length !== 50 || lists[2].length !== 50) {
    throw new Error("The tables are not filled as the module would have");
  }
}
