import { createBetterAuth } from "../subjects/better-auth.mjs";
import { freshEmail } from "../subjects/subject.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";
import { withPool, withPoolOn } from "./scene.mjs";

const ROWS = 200_000;

/** @type {import("./scene.mjs").Claim} */
export const indexedLookups = {
  number: 15,
  text: `no lookup reads a whole table, with ${ROWS.toLocaleString("en-US")} accounts`,
  ours: (server) =>
    observe(server, "claim_15_ours", { create: createWispyAuth, fill: FILL_OURS, schema: "wispy" }),
  theirs: (server) =>
    observe(server, "claim_15_theirs", { create: createBetterAuth, fill: FILL_THEIRS, schema: "public" }),
};

/** What PostgreSQL itself counted: scans of whole tables, after each operation was used ten times. */
function observe(server, name, { create, fill, schema }) {
  return withPool(server, { name, max: 2 }, async (pool, url) => {
    await create(pool);
    for (const statement of fill) await pool.query(statement, [ROWS]);
    await pool.query("vacuum analyze");
    const before = await wholeTableScans(pool, schema);

    // A pool of their own, because a connection reports its counts at the latest when it ends.
    await withPoolOn(url, { max: 2 }, async (visitorsPool) => {
      const subject = await create(visitorsPool, { hashing: false });
      for (let round = 0; round < 10; round += 1) await visit(subject);
    });

    const scans = (await wholeTableScans(pool, schema)).map(({ table, count }, index) => ({
      table,
      count: count - before[index].count,
    }));
    const scanned = scans
      .filter(({ count }) => count > 0)
      .map(({ table, count }) => `${table} ${count} times`);
    return { held: scanned.length === 0, saw: `read whole: ${scanned.join(", ") || "none"}` };
  });
}

async function visit(subject) {
  const email = freshEmail();
  await subject.signUp(email);
  const visitor = await subject.signIn(email);
  await subject.checkSession(visitor);
  await subject.listSessions(visitor);
  await subject.signOut(visitor);
}

/** Of the tables that were filled. */
async function wholeTableScans(pool, schema) {
  const { rows } = await pool.query(
    `select s.relname as table, s.seq_scan::int as count
     from pg_stat_user_tables s join pg_class c on c.oid = s.relid
     where s.schemaname = $1 and c.reltuples >= $2 order by s.relname`,
    [schema, ROWS],
  );
  return rows;
}

const FILL_OURS = [
  `insert into wispy.users (id, email, email_canonical, created_at, updated_at)
   select gen_random_uuid(), n || '@filled.example', n || '@filled.example', now(), now()
   from generate_series(1, $1::integer) as n`,
  `insert into wispy.credentials (user_id, password_hash, created_at, updated_at)
   select id, 'not-hashed', now(), now() from wispy.users limit $1::integer`,
  `insert into wispy.sessions (id, user_id, token_hash, created_at, authenticated_at, last_seen_at, expires_at,
     absolute_expires_at)
   select gen_random_uuid(), id, sha256(id::text::bytea), now(), now(), now(), now() + interval '1 day',
     now() + interval '30 days' from wispy.users limit $1::integer`,
  `insert into wispy.devices (id, user_id, token_hash, created_at, last_seen_at)
   select gen_random_uuid(), id, sha256(id::text::bytea), now(), now() from wispy.users limit $1::integer`,
  `insert into wispy.events (id, user_id, type, occurred_at, data)
   select gen_random_uuid(), id, 'filled', now(), '{}' from wispy.users limit $1::integer`,
];

const FILL_THEIRS = [
  `insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
   select n::text, 'Ada', n || '@filled.example', false, now(), now() from generate_series(1, $1::integer) as n`,
  `insert into account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
   select id, id, 'credential', id, 'not-hashed', now(), now() from "user" limit $1::integer`,
  `insert into session (id, "expiresAt", token, "createdAt", "updatedAt", "userId")
   select id, now() + interval '1 day', 'token-' || id, now(), now(), id from "user" limit $1::integer`,
];
