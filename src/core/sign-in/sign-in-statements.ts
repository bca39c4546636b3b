import { byDialect, expression, sql, type Fragment } from "../../database/statements/fragment.ts";
import { statement, type Parameters } from "../../database/statements/statement.ts";
import { aliased } from "../../database/statements/table.ts";
import { bytes, nullable, text, timestamp, uuid } from "../../database/statements/value-type.ts";
import { credentials } from "../credentials/credentials-table.ts";
import { devices } from "../devices/devices-table.ts";
import { countAttempt, ruleParams } from "../lockout/attempt-statements.ts";
import { sessions } from "../sessions/sessions-table.ts";
import { userColumns } from "../users/user-statements.ts";
import { users } from "../users/users-table.ts";

const u = aliased(users, "u");
const c = aliased(credentials, "c");
const d = aliased(devices, "d");

/** The account of an address with its hash, and the device if it is one of this account's. */
export const findSignIn = statement({
  id: "sign_in.find",
  hot: true,
  params: { emailCanonical: text, deviceTokenHash: nullable(bytes) },
  row: {
    ...userColumns(u),
    passwordHash: expression(nullable(text), sql`${c.passwordHash}`),
    deviceId: expression(nullable(uuid), sql`${d.id}`),
    deviceSeenAt: expression(nullable(timestamp), sql`${d.lastSeenAt}`),
  },
  sql: (p, row) => sql`select ${row} ${accountOf(p)}`,
});

function accountOf(p: Parameters<{ emailCanonical: string; deviceTokenHash: Uint8Array | null }>): Fragment {
  return sql`from ${u} left join ${c} on ${c.userId} = ${u.id}
      left join ${d} on ${d.userId} = ${u.id} and ${d.tokenHash} = ${p.deviceTokenHash}
      where ${u.emailCanonical} = ${p.emailCanonical}`;
}

const onPostgres = (postgres: Fragment, sqlite: Fragment = sql``) => byDialect({ postgres, sqlite });

/**
 * Reads the account, and on PostgreSQL counts the attempt against what it found: one round trip, one look at each
 * table. On SQLite, where a statement does one or the other, the count is a statement of its own; see `reserveSignIn`.
 *
 * Always one row. Its columns are NULL where there is no account, and where no attempt was granted.
 */
export const findAndReserve = statement({
  id: "sign_in.find_and_reserve",
  hot: true,
  params: { ...ruleParams, accountKey: text, emailCanonical: text, deviceTokenHash: nullable(bytes) },
  row: {
    reservedKey: expression(nullable(text), sql`${onPostgres(sql`r."key"`, sql`null`)}`),
    lockedUntil: expression(nullable(timestamp), sql`${onPostgres(sql`r."locked_until"`, sql`null`)}`),
    id: expression(nullable(uuid), sql`f."id"`),
    email: expression(nullable(text), sql`f."email"`),
    name: expression(nullable(text), sql`f."name"`),
    emailVerifiedAt: expression(nullable(timestamp), sql`f."email_verified_at"`),
    disabledAt: expression(nullable(timestamp), sql`f."disabled_at"`),
    createdAt: expression(nullable(timestamp), sql`f."created_at"`),
    updatedAt: expression(nullable(timestamp), sql`f."updated_at"`),
    passwordHash: expression(nullable(text), sql`f."password_hash"`),
    deviceId: expression(nullable(uuid), sql`f."device_id"`),
    deviceSeenAt: expression(nullable(timestamp), sql`f."device_seen_at"`),
  },
  sql: (p, row) => {
    const count = countAttempt(p, {
      key: sql`coalesce('device:' || (select "device_id" from f), ${p.accountKey})`,
      userId: sql`(select "id" from f)`,
    });
    return sql`with f as (
        select ${u.id}, ${u.email}, ${u.name}, ${u.emailVerifiedAt}, ${u.disabledAt}, ${u.createdAt}, ${u.updatedAt},
          ${c.passwordHash}, ${d.id} as "device_id", ${d.lastSeenAt} as "device_seen_at" ${accountOf(p)}
      )${onPostgres(sql`, r as (${count} returning "key", "locked_until")`)}
      select ${row} from (select 1) as one left join f on true ${onPostgres(sql`left join r on true`)}`;
  },
});

const holdRows = onPostgres(sql` for share of u, c`);

/**
 * Heads a successful sign-in: makes the session only if the user is not disabled and the hash is still the one
 * that was verified. The rows are held until the end, so a change of either waits for the session and then
 * ends it, or came first and leaves nothing to insert. Run again after a lost answer, it inserts nothing twice.
 */
export const openSession = statement({
  id: "sign_in.open_session",
  hot: true,
  params: {
    id: uuid,
    userId: uuid,
    tokenHash: bytes,
    now: timestamp,
    expiresAt: timestamp,
    absoluteExpiresAt: timestamp,
    ipAddress: nullable(text),
    userAgent: nullable(text),
    passwordHash: text,
  },
  row: { id: sessions.id },
  sql: (p, row) =>
    sql`insert into ${sessions} ("id", "user_id", "token_hash", "created_at", "authenticated_at", "last_seen_at",
        "expires_at", "absolute_expires_at", "ip_address", "user_agent")
      select ${p.id}, ${u.id}, ${p.tokenHash}, ${p.now}, ${p.now}, ${p.now},
        ${p.expiresAt}, ${p.absoluteExpiresAt}, ${p.ipAddress}, ${p.userAgent}
      from ${u} join ${c} on ${c.userId} = ${u.id}
      where ${u.id} = ${p.userId} and ${u.disabledAt} is null and ${c.passwordHash} = ${p.passwordHash}${holdRows}
      on conflict do nothing returning ${row}`,
});

/** The user, held, unless disabled or the hash is no longer the one that was verified. */
export const holdProven = statement({
  id: "sign_in.hold_proven",
  params: { userId: uuid, passwordHash: nullable(text), deviceTokenHash: nullable(bytes) },
  row: {
    ...userColumns(u),
    deviceId: expression(nullable(uuid), sql`${d.id}`),
    deviceSeenAt: expression(nullable(timestamp), sql`${d.lastSeenAt}`),
  },
  sql: (p, row) =>
    sql`select ${row} from ${u} left join ${c} on ${c.userId} = ${u.id}
      left join ${d} on ${d.userId} = ${u.id} and ${d.tokenHash} = ${p.deviceTokenHash}
      where ${u.id} = ${p.userId} and ${u.disabledAt} is null
        and (${p.passwordHash} is null or ${c.passwordHash} = ${p.passwordHash})${byDialect({ postgres: sql` for update of u`, sqlite: sql`` })}`,
});

/** The same of somebody whom a module knows for sure, where nothing but the session follows: held as `openSession` holds. */
export const holdEntering = statement({
  id: "sign_in.hold_entering",
  hot: true,
  params: { userId: uuid, deviceTokenHash: nullable(bytes) },
  row: { ...userColumns(u), deviceId: expression(nullable(uuid), sql`${d.id}`) },
  sql: (p, row) =>
    sql`select ${row} from ${u} left join ${d} on ${d.userId} = ${u.id} and ${d.tokenHash} = ${p.deviceTokenHash}
      where ${u.id} = ${p.userId} and ${u.disabledAt} is null${onPostgres(sql` for share of u`)}`,
});
