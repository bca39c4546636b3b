import { integer, json, text } from "../../database/statements/value-type.ts";
import {
  countField,
  flagField,
  idField,
  readRow,
  selectList,
  textField,
  timeField,
  type OldRow,
} from "./old-fields.ts";
import type { OldQuery, OldTables } from "./old-tables.ts";

const fields = {
  id: idField("e.id"),
  oldUserId: textField("e.user_id"),
  userId: textField("m.user_id"),
  type: textField("e.event_type"),
  description: textField("e.description"),
  ipAddress: textField("e.ip_address"),
  userAgent: textField("e.user_agent"),
  createdAt: timeField("e.created_at"),
};

/** A security event of the Go library, with the account of ours it belongs to. */
export type OldEvent = OldRow<typeof fields>;

export interface OldEventsPage {
  readonly mapping: string;
  /** Events without an account are known up to here. */
  readonly anonymousAfter: number;
  readonly after: number;
  readonly limit: number;
}

/** A page of the events that were not looked at yet, of mapped accounts and of none, by id. */
export function oldEventsQuery(old: OldTables, page: OldEventsPage): OldQuery {
  const place = (position: number): string => old.dialect.placeholder(position, integer);
  return {
    text: `select ${selectList(fields, old)} from ${old.table("security_events")} as e
      left join ${page.mapping} as m on m.source = ${old.dialect.placeholder(1, text)} and m.old_id = e.user_id
      where e.id > ${place(2)} and (e.id > m.events_to or (e.user_id is null and e.id > ${place(3)}))
      order by e.id limit ${place(4)}`,
    values: [old.source, page.after, page.anonymousAfter, page.limit],
  };
}

export function readOldEvent(row: readonly unknown[], old: OldTables): OldEvent {
  return readRow(fields, { row, old });
}

const countFields = {
  type: textField("e.event_type"),
  isWithoutTime: flagField("(e.created_at is null)"),
  count: countField("count(*)"),
};

/** How many events there are of one type, with or without a time. */
export type OldEventCount = OldRow<typeof countFields>;

export interface OldEventsExpectation {
  readonly mapping: string;
  readonly anonymousAfter: number;
  /** The old ids of accounts that will not be adopted. */
  readonly heldBack: readonly number[];
}

/** The events that a run would look at, counted. */
export function oldEventCountsQuery(old: OldTables, expected: OldEventsExpectation): OldQuery {
  const { dialect } = old;
  const heldBack = dialect.placeholder(3, json);
  const listed =
    dialect.name === "postgres"
      ? `select held.id::int8 from jsonb_array_elements_text(${heldBack}) as held(id)`
      : `select value from json_each(${heldBack})`;
  return {
    text: `select ${selectList(countFields, old)} from ${old.table("security_events")} as e
      left join ${expected.mapping} as m on m.source = ${dialect.placeholder(1, text)} and m.old_id = e.user_id
      left join ${old.table("users")} as u on u.id = e.user_id
      where (e.user_id is null and e.id > ${dialect.placeholder(2, integer)})
        or (u.id is not null and (m.old_id is null or e.id > m.events_to) and u.id not in (${listed}))
      group by e.event_type, (e.created_at is null)`,
    values: [old.source, expected.anonymousAfter, JSON.stringify(expected.heldBack)],
  };
}

export function readOldEventCount(row: readonly unknown[], old: OldTables): OldEventCount {
  return readRow(countFields, { row, old });
}
