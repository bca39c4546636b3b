import { createHash, randomBytes, randomUUID } from "node:crypto";
import { freshEmail } from "./subject.mjs";

/**
 * The least a driver has to do for the same result: hand-written statements on tables like ours, the same columns
 * read, nothing validated, decoded only by the driver. No library can be faster; the figures say how near one comes.
 */
const TABLES = `
  create table users (id uuid primary key, email text not null, name text, email_verified_at timestamptz,
    disabled_at timestamptz, created_at timestamptz not null, updated_at timestamptz not null);
  create unique index on users (lower(email));
  create table credentials (user_id uuid primary key references users on delete cascade, password_hash text not null);
  create table sessions (id uuid primary key, user_id uuid not null references users on delete cascade,
    token_hash bytea not null unique, created_at timestamptz not null, authenticated_at timestamptz not null,
    last_seen_at timestamptz not null, expires_at timestamptz not null, absolute_expires_at timestamptz not null,
    ip_address text, user_agent text);
  create index on sessions (user_id);
  create table events (id uuid primary key, type text not null, user_id uuid, occurred_at timestamptz not null,
    session_id uuid, data jsonb not null);
  create index on events (user_id, occurred_at);`;

const CHECK_SESSION = `
  select s.id, s.user_id, s.created_at, s.authenticated_at, s.last_seen_at, s.expires_at, s.absolute_expires_at,
    s.ip_address, s.user_agent, u.email, u.name, u.email_verified_at, u.disabled_at, u.created_at, u.updated_at
  from sessions s join users u on u.id = s.user_id
  where s.token_hash = $1::bytea and s.expires_at > $2::timestamptz`;

const START_SESSION = `
  s as (insert into sessions (id, user_id, token_hash, created_at, authenticated_at, last_seen_at, expires_at,
      absolute_expires_at)
    select $1::uuid, id, $2::bytea, $3::timestamptz, $3::timestamptz, $3::timestamptz,
      $3::timestamptz + interval '7 days', $3::timestamptz + interval '30 days' from u),
  e as (insert into events (id, type, user_id, occurred_at, session_id, data)
    select $4::uuid, $5::text, id, $3::timestamptz, $1::uuid, '{}' from u)
  select id from u`;

const SIGN_UP = `
  with u as (insert into users (id, email, created_at, updated_at)
    values ($6::uuid, $7::text, $3::timestamptz, $3::timestamptz) on conflict do nothing returning id),
  c as (insert into credentials (user_id, password_hash) select id, 'not-hashed' from u), ${START_SESSION}`;

const FIND_CREDENTIAL = `
  select u.id, c.password_hash from users u join credentials c on c.user_id = u.id where lower(u.email) = $1::text`;

const SIGN_IN = `with u as (select $6::uuid as id), ${START_SESSION}`;

const hashToken = (token) => createHash("sha256").update(token).digest();

/**
 * @param {import("pg").Pool} pool On an empty database.
 * @returns {Promise<{ signUp, signIn, checkSession, checkSessionUnnamed, signUpUnnamed }>} A visitor is a raw token here.
 */
export async function createBareDriver(pool) {
  await pool.query(TABLES);
  const run = (name, text, values) => pool.query({ ...(name && { name }), text, values, rowMode: "array" });
  const session = (type) => {
    const token = randomBytes(32);
    return { token, values: [randomUUID(), hashToken(token), new Date(), randomUUID(), type] };
  };
  async function signUp(email = freshEmail(), name = "sign-up") {
    const { token, values } = session("signed_up");
    await run(name, SIGN_UP, [...values, randomUUID(), email]);
    return token;
  }
  async function signIn(email) {
    const { token, values } = session("signed_in");
    const found = await run("find-credential", FIND_CREDENTIAL, [email]);
    await run("sign-in", SIGN_IN, [...values, found.rows[0][0]]);
    return token;
  }

  return {
    signUp,
    signIn,
    checkSession: (token) => run("check-session", CHECK_SESSION, [hashToken(token), new Date()]),
    checkSessionUnnamed: (token) => run(null, CHECK_SESSION, [hashToken(token), new Date()]),
    signUpUnnamed: () => signUp(freshEmail(), null),
  };
}
