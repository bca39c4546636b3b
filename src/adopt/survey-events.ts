import type { Adoption } from "./adoption.ts";
import { leftBehindAs, type EventCounts } from "./carry-events.ts";
import { oldEventCountsQuery, readOldEventCount } from "./old/old-events.ts";

/** What `carryEvents` would do, by reading alone. */
export async function surveyEvents(
  { database, old, mapping }: Adoption,
  expected: { readonly anonymousAfter: number; readonly heldBack: readonly number[] },
): Promise<EventCounts> {
  const { text, values } = oldEventCountsQuery(old, { mapping, ...expected });
  const counts = (await database.query(text, values)).map((row) => readOldEventCount(row, old));
  let adopted = 0;
  const leftBehind = new Map<string, number>();
  for (const { type, isWithoutTime, count } of counts) {
    const createdAt = isWithoutTime === true ? null : new Date(0);
    const left = leftBehindAs({ type, description: null, createdAt });
    if (left === null) adopted += count;
    else leftBehind.set(left, (leftBehind.get(left) ?? 0) + count);
  }
  return { adopted, leftBehind: Object.fromEntries(leftBehind) };
}
