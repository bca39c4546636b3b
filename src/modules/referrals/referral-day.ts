/** Everybody's open counters are spread over as many rows, so that sign-ups at the same moment do not wait for one. */
const shards = 16;

/** The owner of what a program's referrals add up to, as far as it was folded: a row for each day, and `allDays`. */
export const programOwner = "program";

/** The owner of what was counted since, on whatever day, in rows of `openDay`. */
export const openProgramOwner = "program-open";

/** Stands for all days together: as long as a day, and behind each of them in any order of texts. */
export const allDays = "total-days";

/** The row that counts one event for its program, by the event's id; `null` where one caller alone counts. */
export function openDay(day: string, id: string | null): string {
  return `${day}/${String(id === null ? 0 : Number.parseInt(id.slice(-2), 16) % shards)}`;
}

/** UTC, `2026-11-24`. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
