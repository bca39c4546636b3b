import { byDialect, sql, type Parameter, type SqlNode } from "../database/statements/fragment.ts";
import { insertInto, statement } from "../database/statements/statement.ts";
import { aliased } from "../database/statements/table.ts";
import {
  integer,
  json,
  nullable,
  text,
  timestamp,
  uuid,
  type JsonValue,
} from "../database/statements/value-type.ts";
import { events } from "../core/events/events-table.ts";
import { attempts } from "../core/lockout/attempts-table.ts";
import { users } from "../core/users/users-table.ts";
import { adoptedRows, adoptedSources, adoptedUsers } from "./adopted-tables.ts";

export const insertSource = statement({
  id: "adopt.insert_source",
  params: { source: text, anonymousEventsTo: integer },
  sql: (p) => sql`${insertInto(adoptedSources, p)} on conflict do nothing`,
});

export const findSource = statement({
  id: "adopt.find_source",
  params: { source: text },
  row: { anonymousEventsTo: adoptedSources.anonymousEventsTo },
  sql: (p, row) => sql`select ${row} from ${adoptedSources} where ${adoptedSources.source} = ${p.source}`,
});

/** Heads every batch: of two that adopt at once, the second sees what the first has written. */
export const holdSource = statement({
  id: "adopt.hold_source",
  params: { source: text },
  row: { anonymousEventsTo: adoptedSources.anonymousEventsTo },
  sql: (p, row) =>
    sql`select ${row} from ${adoptedSources} where ${adoptedSources.source} = ${p.source}${byDialect({ postgres: sql` for update`, sqlite: sql`` })}`,
});

export const moveAnonymousEvents = statement({
  id: "adopt.move_anonymous_events",
  params: { source: text, eventsTo: integer },
  sql: (p) =>
    sql`update ${adoptedSources} set "anonymous_events_to" = ${p.eventsTo} where ${adoptedSources.source} = ${p.source}`,
});

/** An account as it was. No row comes back if the address has an account already. */
export const insertAdoptedUser = statement({
  id: "adopt.insert_user",
  params: {
    id: uuid,
    email: text,
    emailCanonical: text,
    name: nullable(text),
    emailVerifiedAt: nullable(timestamp),
    disabledAt: nullable(timestamp),
    disabledReason: nullable(text),
    createdAt: timestamp,
    updatedAt: timestamp,
  },
  row: { id: users.id },
  sql: (p, row) => sql`${insertInto(users, p)} on conflict do nothing returning ${row}`,
});

export const insertMapping = statement({
  id: "adopt.insert_mapping",
  params: {
    source: text,
    oldId: integer,
    oldUuid: nullable(text),
    userId: uuid,
    adoptedAt: timestamp,
    oldUpdatedAt: nullable(timestamp),
    eventsTo: integer,
  },
  sql: (p) => insertInto(adoptedUsers, p),
});

const a = aliased(attempts, "a");
const latest = byDialect({ postgres: sql`greatest`, sqlite: sql`max` });

/** Somebody may have tried the address here before it had an account: the stricter of both counts. */
export const carryAttempts = statement({
  id: "adopt.carry_attempts",
  params: {
    key: text,
    userId: uuid,
    failures: integer,
    consecutive: integer,
    lastFailedAt: timestamp,
    lockedUntil: nullable(timestamp),
  },
  sql: (p) =>
    sql`${insertInto(a, p)} on conflict ("key") do update set
      "user_id" = excluded."user_id",
      "failures" = ${latest}(${a.failures}, excluded."failures"),
      "consecutive" = ${latest}(${a.consecutive}, excluded."consecutive"),
      "last_failed_at" = ${latest}(${a.lastFailedAt}, excluded."last_failed_at"),
      "locked_until" = coalesce(${latest}(${a.lockedUntil}, excluded."locked_until"), ${a.lockedUntil}, excluded."locked_until")`,
});

const t = aliased(users, "t");

/** Which of these addresses, a JSON array in canonical form, have an account. */
export const findTaken = statement({
  id: "adopt.find_taken",
  params: { addresses: json },
  row: { id: t.id, emailCanonical: t.emailCanonical },
  sql: (p, row) =>
    sql`select ${row} from ${t} where ${t.emailCanonical} in (${byDialect({
      postgres: sql`select jsonb_array_elements_text(${p.addresses})`,
      sqlite: sql`select value from json_each(${p.addresses})`,
    })})`,
});

const m = aliased(adoptedUsers, "m");

/** Many events at once: `{ id, userId, type, at, ip, agent, data }[]`, `at` as the dialect keeps times. */
export const insertEvents = statement({
  id: "adopt.insert_events",
  params: { rows: json },
  sql: (p) =>
    sql`insert into ${events} ("id", "user_id", "type", "occurred_at", "ip_address", "user_agent", "session_id", "data")
      ${byDialect({
        postgres: sql`select r.id, r."userId", r.type, r.at, r.ip, r.agent, null, r.data from jsonb_to_recordset(${p.rows})
          as r(id uuid, "userId" uuid, type text, at timestamptz, ip text, agent text, data jsonb) where true`,
        sqlite: sql`select value ->> 'id', value ->> 'userId', value ->> 'type', value ->> 'at', value ->> 'ip',
          value ->> 'agent', null, value -> 'data' from json_each(${p.rows}) where true`,
      })} on conflict do nothing`,
});

/** Moves the marks of many accounts at once: `{ oldId, last }[]`. */
export const moveEvents = statement({
  id: "adopt.move_events",
  params: { marks: json, source: text },
  sql: (p) =>
    sql`update ${m} set "events_to" = ${byDialect({
      postgres: sql`r.last from jsonb_to_recordset(${p.marks}) as r("oldId" int8, last int8)
        where ${m.oldId} = r."oldId"`,
      sqlite: sql`r.value ->> 'last' from json_each(${p.marks}) as r where ${m.oldId} = r.value ->> 'oldId'`,
    })} and ${m.source} = ${p.source}`,
});

const listedIds = (ids: Parameter<JsonValue>): SqlNode =>
  byDialect({
    postgres: sql`select jsonb_array_elements_text(${ids})::uuid`,
    sqlite: sql`select value from json_each(${ids})`,
  });

export const findPresentUsers = statement({
  id: "adopt.find_present_users",
  params: { ids: json },
  row: { id: t.id },
  sql: (p, row) => sql`select ${row} from ${t} where ${t.id} in (${listedIds(p.ids)})`,
});

/** Those that are here, held until the transaction ends. Not in the way of rows that refer to them. */
export const holdUsers = statement({
  id: "adopt.hold_users",
  params: { ids: json },
  row: { id: t.id },
  sql: (p, row) =>
    sql`select ${row} from ${t} where ${t.id} in (${listedIds(p.ids)}) order by ${t.id}${byDialect({ postgres: sql` for no key update`, sqlite: sql`` })}`,
});

/** Many rows at once: `{ oldId, rowId }[]`. */
export const insertAdoptedRows = statement({
  id: "adopt.insert_rows",
  params: { entries: json, source: text, adoptedAt: timestamp },
  sql: (p) =>
    sql`insert into ${adoptedRows} ("source", "old_id", "row_id", "adopted_at") ${byDialect({
      postgres: sql`select ${p.source}, r."oldId", r."rowId", ${p.adoptedAt}
        from jsonb_to_recordset(${p.entries}) as r("oldId" int8, "rowId" uuid)`,
      sqlite: sql`select ${p.source}, value ->> 'oldId', value ->> 'rowId', ${p.adoptedAt} from json_each(${p.entries})`,
    })}`,
});
