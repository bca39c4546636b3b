import type pg from "pg";
import type { CallerReport } from "../messages.ts";

/** What the database holds at the end, against what callers were told. All but the first four must be 0. */
export interface AccountFigures {
  readonly reported: number;
  /** Sign-ups whose outcome nobody could know, and how many of them happened. */
  readonly unknown: number;
  readonly unknownThere: number;
  readonly signedInAgain: number;
  readonly closed: number;
  readonly lost: number;
  readonly halfMade: number;
  readonly withoutUser: number;
  readonly undoneThere: number;
  readonly fromNowhere: number;
  readonly partedFromHost: number;
}

/** A user without one of the rows that a sign-up writes with it; its session may be over. */
const halfMade = `select count(*)::int as n from wispy.users u
  where not exists (select from wispy.credentials where user_id = u.id)
    or not exists (select from wispy.devices where user_id = u.id)
    or not exists (select from wispy.events where user_id = u.id and type = 'user.signed_up')`;

const withoutUser = `select (select count(*) from wispy.sessions s where not exists (select from wispy.users where id = s.user_id))::int
  + (select count(*) from wispy.credentials c where not exists (select from wispy.users where id = c.user_id))::int
  + (select count(*) from wispy.devices d where not exists (select from wispy.users where id = d.user_id))::int
  + (select count(*) from wispy.events e where not exists (select from wispy.users where id = e.user_id)
      and type = 'user.signed_up')::int as n`;

/** One of the two, of what the application wrote in one transaction. */
const partedFromHost = `select (select count(*) from members m where not exists (select from wispy.users where id = m.user_id))::int
  + (select count(*) from wispy.users u where email like 'joint-%'
      and not exists (select from members where user_id = u.id))::int as n`;

const lost = `select count(*)::int as n from unnest($1::uuid[]) as reported (id)
  where not exists (select from wispy.users u where u.id = reported.id)`;
const there = "select count(*)::int as n from wispy.users where email = any ($1::text[])";
const fromNowhere = `select count(*)::int as n from wispy.users
  where not (id = any ($1::uuid[])) and not (email = any ($2::text[]))`;

export async function checkAccounts(
  direct: pg.Pool,
  reports: readonly CallerReport[],
): Promise<AccountFigures> {
  const accounts = reports.map((report) => report.accounts);
  const ids = accounts.flatMap((account) => account.ids);
  const unknown = accounts.flatMap((account) => account.unknown);
  const absent = accounts.flatMap((account) => account.absent);
  const count = async (text: string, values: readonly unknown[] = []): Promise<number> =>
    (await direct.query<{ n: number }>(text, [...values])).rows[0]!.n;
  return {
    reported: ids.length,
    unknown: unknown.length,
    unknownThere: await count(there, [unknown]),
    signedInAgain: accounts.reduce((sum, { signedInAgain }) => sum + signedInAgain, 0),
    closed: accounts.reduce((sum, { closed }) => sum + closed.length, 0),
    lost: await count(lost, [ids]),
    halfMade: await count(halfMade),
    withoutUser: await count(withoutUser),
    undoneThere: await count(there, [absent]),
    fromNowhere: await count(fromNowhere, [ids, unknown]),
    partedFromHost: await count(partedFromHost),
  };
}
