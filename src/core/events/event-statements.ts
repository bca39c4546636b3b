import type { Database } from "../../database/database.ts";
import { byDialect, guard, sql } from "../../database/statements/fragment.ts";
import type { HeadValue } from "../../database/statements/head-value.ts";
import { insertInto, statement, type Call } from "../../database/statements/statement.ts";
import { aliased } from "../../database/statements/table.ts";
import {
  bytes,
  integer,
  json,
  nullable,
  text,
  timestamp,
  uuid,
  type JsonValue,
} from "../../database/statements/value-type.ts";
import { isKnownDevice } from "../devices/device-statements.ts";
import type { ClientDetails } from "../input/client-details.ts";
import type { ModuleEventType, SecurityEventType } from "../security-event.ts";
import { sessions } from "../sessions/sessions-table.ts";
import { events } from "./events-table.ts";

export const eventColumns = {
  id: events.id,
  type: events.type,
  userId: events.userId,
  occurredAt: events.occurredAt,
  ipAddress: events.ipAddress,
  userAgent: events.userAgent,
  sessionId: events.sessionId,
  data: events.data,
};

export const insertEvent = statement({
  id: "event.insert",
  params: {
    id: uuid,
    userId: nullable(uuid),
    type: text,
    occurredAt: timestamp,
    ipAddress: nullable(text),
    userAgent: nullable(text),
    sessionId: nullable(uuid),
    data: json,
  },
  sql: (p) => insertInto(events, p),
});

/** What happened, to whom, from where. */
export interface EventDraft {
  readonly id: string;
  readonly type: SecurityEventType | ModuleEventType;
  readonly userId: string | null;
  readonly occurredAt: Date;
  readonly client: ClientDetails;
  readonly sessionId?: string | null;
  readonly data?: { readonly [key: string]: JsonValue } | HeadValue<JsonValue>;
}

/** The insert of one event, to stand in the step of the change it tells of. */
export function recordEvent(draft: EventDraft): Call<unknown> {
  const { id, userId, type, occurredAt, client, sessionId = null, data = {} } = draft;
  const { ipAddress, userAgent } = client;
  return insertEvent.with({ id, userId, type, occurredAt, ipAddress, userAgent, sessionId, data });
}

/** Writes one event that no other change goes with. */
export async function writeEvent(database: Database, event: EventDraft): Promise<void> {
  const { statement: insert, params } = recordEvent(event);
  await database.run(insert, params as never);
}

const s = aliased(sessions, "s");

/** The entry of a sign-in that was proved by a module, before the browser is remembered. */
export const insertEntryEvent = statement({
  id: "event.insert_entry",
  params: {
    id: uuid,
    userId: uuid,
    type: text,
    occurredAt: timestamp,
    ipAddress: nullable(text),
    userAgent: nullable(text),
    sessionId: uuid,
    method: text,
    presentedHash: nullable(bytes),
  },
  sql: (p) =>
    sql`insert into ${events} ("id", "user_id", "type", "occurred_at", "ip_address", "user_agent", "session_id", "data")
      select ${p.id}, ${p.userId}, ${p.type}, ${p.occurredAt}, ${p.ipAddress}, ${p.userAgent}, ${p.sessionId}, ${byDialect(
        {
          postgres: sql`jsonb_build_object('method', ${p.method}, 'knownDevice', ${isKnownDevice(p)})`,
          sqlite: sql`json_object('method', ${p.method}, 'knownDevice', json(case when ${isKnownDevice(p)} then 'true' else 'false' end))`,
        },
      )} where true${guard}`,
});

/**
 * Heads a sign-out: writes the entry of the session that the token opens, and holds that session, so that of
 * two sign-outs with one token one finds it.
 */
export const insertSignOutEvent = statement({
  id: "event.insert_sign_out",
  hot: true,
  params: {
    id: uuid,
    type: text,
    occurredAt: timestamp,
    ipAddress: nullable(text),
    userAgent: nullable(text),
    data: json,
    tokenHash: bytes,
  },
  row: { id: events.id },
  sql: (p, row) =>
    sql`insert into ${events} ("id", "user_id", "type", "occurred_at", "ip_address", "user_agent", "session_id", "data")
      select ${p.id}, ${s.userId}, ${p.type}, ${p.occurredAt}, ${p.ipAddress}, ${p.userAgent}, ${s.id}, ${p.data}
      from ${s} where ${s.tokenHash} = ${p.tokenHash} and ${s.expiresAt} > ${p.occurredAt}${byDialect({ postgres: sql` for update of s`, sqlite: sql`` })}
      returning ${row}`,
});

export const listEventsOfUser = statement({
  id: "event.list",
  params: { userId: uuid, limit: integer },
  row: eventColumns,
  sql: (p, row) =>
    sql`select ${row} from ${events} where ${events.userId} = ${p.userId} order by ${events.id} desc limit ${p.limit}`,
});
