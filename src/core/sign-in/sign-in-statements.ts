import { byDialect, expression, sql } from "../../database/statements/fragment.ts";
import { statement } from "../../database/statements/statement.ts";
import { aliased } from "../../database/statements/table.ts";
import { bytes, nullable, text, uuid } from "../../database/statements/value-type.ts";
import { credentials } from "../credentials/credentials-table.ts";
import { devices } from "../devices/devices-table.ts";
import { sessions } from "../sessions/sessions-table.ts";
import { newSessionParams } from "../sessions/session-statements.ts";
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
  },
  sql: (p, row) =>
    sql`select ${row} from ${u} left join ${c} on ${c.userId} = ${u.id}
      left join ${d} on ${d.userId} = ${u.id} and ${d.tokenHash} = ${p.deviceTokenHash}
      where ${u.emailCanonical} = ${p.emailCanonical}`,
});

const holdRows = byDialect({ postgres: sql` for share of u, c`, sqlite: sql`` });

/**
 * Heads a successful sign-in: makes the session only if the user is not disabled and the hash is still the one
 * that was verified. The rows are held until the end, so a change of either waits for the session and then
 * ends it, or came first and leaves nothing to insert. Run again after a lost answer, it inserts nothing twice.
 */
export const openSession = statement({
  id: "sign_in.open_session",
  hot: true,
  params: { ...newSessionParams, passwordHash: text },
  row: { id: sessions.id },
  sql: (p, row) =>
    sql`insert into ${sessions} ("id", "user_id", "token_hash", "created_at", "authenticated_at", "last_seen_at",
        "expires_at", "absolute_expires_at", "ip_address", "user_agent")
      select ${p.id}, ${u.id}, ${p.tokenHash}, ${p.createdAt}, ${p.authenticatedAt}, ${p.lastSeenAt},
        ${p.expiresAt}, ${p.absoluteExpiresAt}, ${p.ipAddress}, ${p.userAgent}
      from ${u} join ${c} on ${c.userId} = ${u.id}
      where ${u.id} = ${p.userId} and ${u.disabledAt} is null and ${c.passwordHash} = ${p.passwordHash}${holdRows}
      on conflict do nothing returning ${row}`,
});
