/** Everybody's counters are spread over as many rows, so that sign-ups at the same moment do not wait for one. */
const shards = 16;

/** The owner of what a program's referrals add up to. */
export const programOwner = "program";

/** Stands for all days together: as long as a day, and behind each of them in any order of texts. */
export const allDays = "total-days";

/** The row of a program's counters for one event, by its id, so that all rows of a period stand side by side. */
export function programDay(day: string, id: string): string {
  return `${day}/${String(Number.parseInt(id.slice(-2), 16) % shards)}`;
}

/** UTC, `2026-11-24`. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
