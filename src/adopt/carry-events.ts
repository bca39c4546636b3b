import type { TransactionScript } from "../database/script.ts";
import { timestamp, type JsonValue } from "../database/statements/value-type.ts";
import { readClientDetails } from "../core/input/client-details.ts";
import { holdSource, insertEvents, moveAnonymousEvents, moveEvents } from "./adopt-statements.ts";
import type { Adoption } from "./adoption.ts";
import { translateEvent } from "./event-vocabulary.ts";
import { oldEventsQuery, readOldEvent, type OldEvent } from "./old/old-events.ts";
import type { OldTables } from "./old/old-tables.ts";
import { timeOrderedId } from "./time-ordered-id.ts";

/** Security events that were taken over, and how many of each type were not. */
export interface EventCounts {
  readonly adopted: number;
  /** By the old type: those without a word here, and under `no time` those of an unknown time. */
  readonly leftBehind: Readonly<Record<string, number>>;
}

interface Batch {
  readonly rows: number;
  readonly adopted: number;
  readonly leftBehind: readonly string[];
  readonly last: number | null;
}

/**
 * Takes over the events of adopted accounts, and those of no account. Each account has a mark up to which its events
 * were looked at, moved in the transaction that writes them: events that are added later are taken over by a later
 * run, and those that were cleaned up here since do not come back.
 */
export async function carryEvents(adoption: Adoption): Promise<EventCounts> {
  let [adopted, rows] = [0, 0];
  const leftBehind = new Map<string, number>();
  for (let after: number | null = 0; after !== null;) {
    const batch: Batch = await adoption.database.transaction(batchScript(adoption, after));
    adopted += batch.adopted;
    rows += batch.rows;
    for (const type of batch.leftBehind) leftBehind.set(type, (leftBehind.get(type) ?? 0) + 1);
    adoption.onProgress({ phase: "events", rows });
    after = batch.last;
  }
  // Types are the old tables' words, and `__proto__` is one: not assigned, but defined.
  return { adopted, leftBehind: Object.fromEntries(leftBehind) };
}

function batchScript({ old, mapping, batchSize }: Adoption, after: number): TransactionScript<Batch> {
  const { source } = old;
  return function* (tx) {
    const { anonymousEventsTo } = yield* tx.one(holdSource, { source });
    const query = oldEventsQuery(old, {
      mapping,
      anonymousAfter: anonymousEventsTo,
      after,
      limit: batchSize,
    });
    const events = (yield* tx.raw(query.text, query.values)).map((row) => readOldEvent(row, old));
    const rows = events.flatMap((event) => eventRow(event, old) ?? []);
    if (rows.length > 0) yield* tx.run(insertEvents, { rows });
    const { marks, anonymous } = marksOf(events);
    if (marks.length > 0) yield* tx.run(moveEvents, { marks, source });
    if (anonymous !== null) yield* tx.run(moveAnonymousEvents, { source, eventsTo: anonymous });
    return {
      rows: events.length,
      adopted: rows.length,
      leftBehind: events.flatMap((event) => leftBehindAs(event) ?? []),
      last: events.length < batchSize ? null : events.at(-1)!.id,
    };
  };
}

/** What keeps an event from being taken over; `null` for nothing. */
export function leftBehindAs(event: Pick<OldEvent, "type" | "description" | "createdAt">): string | null {
  if (translateEvent(event) === null) return event.type ?? "no type";
  return event.createdAt === null ? "no time" : null;
}

function eventRow(event: OldEvent, { source, dialect }: OldTables): JsonValue | null {
  const translated = translateEvent(event);
  if (translated === null || event.createdAt === null) return null;
  const { id, userId, createdAt, userAgent } = event;
  // PostgreSQL writes the network's length behind an inet that becomes text.
  const ipAddress = event.ipAddress?.replace(/\/(32|128)$/, "");
  const client = readClientDetails({
    ...(ipAddress === undefined ? {} : { ipAddress }),
    ...(userAgent === null ? {} : { userAgent }),
  });
  return {
    id: timeOrderedId({ at: createdAt, number: id, seed: ["event", source, id, userId] }),
    userId,
    ...translated,
    at: dialect.encoder(timestamp)(createdAt) as JsonValue,
    ip: client.ipAddress,
    agent: client.userAgent,
  };
}

/** The last event of each old account, and of none. */
function marksOf(events: readonly OldEvent[]): {
  readonly marks: readonly { readonly oldId: number; readonly last: number }[];
  readonly anonymous: number | null;
} {
  const last = new Map(events.map(({ oldUserId, id }) => [oldUserId, id]));
  const marks = [...last].flatMap(([oldUserId, id]) =>
    oldUserId === null ? [] : [{ oldId: Number(oldUserId), last: id }],
  );
  return { marks, anonymous: last.get(null) ?? null };
}
