import { createHash } from "node:crypto";
import { openPool } from "../support/open-pool.mjs";
import { alternate, ratioOf } from "../support/measure.mjs";
import { freshEmail } from "../subjects/subject.mjs";
import { createWispyAuth, visitorWithToken } from "../subjects/wispy-auth.mjs";

const SMALL = 1_000;
const LARGE = 1_000_000;
const AT_MOST = 1.2;
const USERS = 1_000;

/**
 * Session checks, 10 at once, on a table of a thousand sessions and on one of a million: of a thousand visitors
 * spread over the table, and of everybody in turn. The latter finds no page in PostgreSQL's default 128 MB of
 * buffers, whatever library asks, so it has no target.
 *
 * @param {import("../support/postgres-server.mjs").PostgresServer} server
 * @param {{ seconds: number, repeats: number }} options
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureSessionTableSize(server, options) {
  const small = await populate(server, "sessions_small", SMALL);
  const large = await populate(server, "sessions_large", LARGE);
  const works = {
    small: small.checkEvery(1),
    large: large.checkEvery(LARGE / SMALL),
    // A step prime to the size visits every row before it comes back to one.
    everybody: large.checkEvery(7919),
  };
  const { medians, rounds } = await alternate(works, { callers: 10, ...options });
  await small.pool.end();
  await large.pool.end();
  const finding = (measure, figure, rest) => ({ measure, figures: { "wispy-auth": figure }, ...rest });
  return [
    finding("1,000 sessions", medians.small),
    finding("1,000,000 sessions, 1,000 visitors", medians.large),
    finding("  ratio", ratioOf(rounds, "small", "large"), {
      unit: "x",
      target: { sign: "<=", limit: AT_MOST },
    }),
    finding("1,000,000 sessions, everybody in turn", medians.everybody),
    finding("  ratio", ratioOf(rounds, "small", "everybody"), { unit: "x" }),
  ];
}

async function populate(server, name, sessions) {
  const pool = openPool({ connectionString: await server.createDatabase(name), max: 10 });
  const subject = await createWispyAuth(pool, { hashing: false });
  for (let user = 0; user < USERS; user += 1) await subject.signUp(freshEmail());
  await pool.query("delete from wispy.sessions");
  await pool.query(INSERT_SESSIONS, [sessions]);
  await pool.query("vacuum analyze");
  function checkEvery(step) {
    let next = 0;
    return async () => {
      next = (next + step) % sessions;
      const found = await subject.checkSession(visitorWithToken(tokenOf(next + 1)));
      if (found === null) throw new Error("A session that was inserted is not found");
    };
  }
  return { pool, checkEvery };
}

/** The token of session number `n`, computed alike here and in the statement below: base64url of a digest. */
function tokenOf(number) {
  return createHash("sha256").update(String(number)).digest("base64url");
}

const INSERT_SESSIONS = `
  insert into wispy.sessions (id, user_id, token_hash, created_at, authenticated_at, last_seen_at, expires_at,
    absolute_expires_at)
  select gen_random_uuid(), owner.id, sha256(convert_to('session:' || token, 'UTF8')),
    now(), now(), now(), now() + interval '7 days', now() + interval '30 days'
  from generate_series(1, $1::integer) as n
  cross join lateral (
    select translate(rtrim(encode(sha256(convert_to(n::text, 'UTF8')), 'base64'), '='), '+/', '-_') as token
  ) as made
  join (select id, row_number() over () as position from wispy.users) as owner
    on owner.position = 1 + n % (select count(*) from wispy.users)`;
