import type { SuiteContext } from "../../support/for-each-database.ts";

/** What must never be found in the tables, whatever went wrong before: each query counts rows of that kind. */
function forbidden(table: (name: string) => string): Readonly<Record<string, string>> {
  const [users, sessions, events] = [table("users"), table("sessions"), table("events")];
  return {
    "I1: addresses with two users": `select count(*) as n from (select email_canonical from ${users} group by email_canonical having count(*) > 1) as t`,
    "I3: users without a credential": `select count(*) as n from ${users} where id not in (select user_id from ${table("credentials")})`,
    "I3: sessions without a user": `select count(*) as n from ${sessions} where user_id not in (select id from ${users})`,
    "I3: devices without a user": `select count(*) as n from ${table("devices")} where user_id not in (select id from ${users})`,
    "I3: credentials without a user": `select count(*) as n from ${table("credentials")} where user_id not in (select id from ${users})`,
    "I9: users whose making no event tells of": `select count(*) as n from ${users} where id not in (select user_id from ${events}
        where type in ('user.signed_up', 'user.created') and user_id is not null)`,
    "I9: sessions whose making no event tells of": `select count(*) as n from ${sessions} where id not in (select session_id from ${events}
        where type in ('user.signed_up', 'sign_in.succeeded', 'password.changed') and session_id is not null)`,
    "I12: sessions of disabled users": `select count(*) as n from ${sessions} where user_id in (select id from ${users} where disabled_at is not null)`,
  };
}

/** The kinds of rows found that must not be there. */
export async function findHalfObjects(ctx: SuiteContext): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [what, text] of Object.entries(forbidden((name) => ctx.table(name)))) {
    if (Number((await ctx.host.query(text))[0]!["n"]) > 0) found.push(what);
  }
  return found;
}
