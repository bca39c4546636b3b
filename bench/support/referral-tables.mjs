/**
 * Fills the tables of the core and of referrals as sign-ups with codes over the last year would have: who brought whom,
 * with the reward and its ledger entry for whoever did, and every counter. Few users have brought very many, which is
 * the fourth power of an even spread: of a million users the first has a thirtieth of all referrals, and half have none.
 * There are twice as many referrals as users, so half of those who were referred are gone again. Clean-up ran every day:
 * the program's counters are a row a day and one of all days, those of today in open rows.
 *
 * @param {import("pg").Pool} pool Its database has the tables, empty.
 * @param {number} users
 */
export async function fillReferralTables(pool, users) {
  for (const text of STATEMENTS) await pool.query(text.replaceAll(":users", String(users)));
  await pool.query("vacuum analyze");
}

/** The id of the user of a number, alike here and in SQL. */
export function userId(number) {
  return `00000001-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
}

const idIn = (prefix, number) => `('${prefix}-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;
const dayOf = (moment) => `to_char(${moment} at time zone 'UTC', 'YYYY-MM-DD')`;
const DAY = dayOf("created_at");
const TODAY = dayOf("now()");

const STATEMENTS = [
  `insert into wispy.users (id, email, email_canonical, name, created_at, updated_at)
    select ${idIn("00000001", "n")}, 'user-' || n || '@mail.example', 'user-' || n || '@mail.example', 'User ' || n,
      now() - interval '1 year', now() - interval '1 year'
    from generate_series(1, :users) as n`,
  // Numbers that look drawn and are the same in every run: the first 52 bits of a digest.
  `insert into wispy.referrals (id, program, code_id, referrer_id, referee_id, state, signals, created_at, qualified_at)
    select ${idIn("00000002", "n")}, 'default', ${idIn("00000003", "referrer")}, ${idIn("00000001", "referrer")},
      case when n <= :users then ${idIn("00000001", "n")} end, 'qualified', '[]', at, at
    from (
      select n, now() - interval '1 year' * (1 - n / (2.0 * :users)) as at,
        1 + floor(:users * power(('x' || substr(md5(n::text), 1, 13))::bit(52)::int8 / 2.0 ^ 52, 4))::int8 as referrer
      from generate_series(1, 2 * :users) as n
    ) as drawn`,
  `insert into wispy.referral_codes (id, program, owner_id, code, code_key, custom, uses, created_at, updated_at)
    select code_id, 'default', referrer_id, code, code, false, count(*), min(created_at), max(created_at)
    from (select code_id, referrer_id, created_at, upper(substr(code_id::text, 25)) as code from wispy.referrals) as used
    group by code_id, referrer_id, code`,
  `insert into wispy.referral_rewards (id, referral_id, program, role, beneficiary_id, unit, amount, state, available_at,
      created_at, updated_at)
    select ${idIn("00000004", "n")}, id, program, 'referrer', referrer_id, 'cent', 500, 'approved', created_at, created_at, created_at
    from (select id, program, referrer_id, created_at, row_number() over (order by id) as n from wispy.referrals) as one`,
  `insert into wispy.referral_entries (id, reward_id, number, to_state, amount, occurred_at)
    select id, id, 1, state, amount, created_at from wispy.referral_rewards`,
  `insert into wispy.referral_balances (user_id, unit, pending, held, approved, fulfilled, reversed, rejected)
    select beneficiary_id, unit, 0, 0, sum(amount), 0, 0, 0 from wispy.referral_rewards group by beneficiary_id, unit`,
  `insert into wispy.referral_members (program, user_id, display_name, listed, referrals, qualified, rewards)
    select program, referrer_id, case when listed then 'Somebody' end, listed, count, count, count
    from (
      select program, referrer_id, get_byte(uuid_send(referrer_id), 15) % 2 = 0 as listed, count(*) as count
      from wispy.referrals group by program, referrer_id
    ) as counted`,
  `insert into wispy.referral_days (program, owner, day, referrals, qualified)
    select program, referrer_id::text, ${DAY}, count(*), count(*) from wispy.referrals group by 1, 2, 3`,
  `insert into wispy.referral_days (program, owner, day, referrals, qualified)
    select program, 'program', ${DAY}, count(*), count(*) from wispy.referrals where ${DAY} < ${TODAY} group by 1, 2, 3`,
  `insert into wispy.referral_days (program, owner, day, referrals, qualified)
    select program, owner, 'total-days', sum(referrals), sum(qualified) from wispy.referral_days
    where owner = 'program' group by 1, 2, 3`,
  `insert into wispy.referral_days (program, owner, day, referrals, qualified)
    select program, 'program-open', ${DAY} || '/' || get_byte(uuid_send(id), 15) % 16, count(*), count(*)
    from wispy.referrals where ${DAY} >= ${TODAY} group by 1, 2, 3`,
];
