import { sql, type Fragment } from "../../module.ts";

/** Everybody's counters are spread over as many rows, so that sign-ups at the same moment do not wait for one. */
const shards = 16;

/** The owner of a program's counters for one event, by its id. */
export function programOwner(id: string): string {
  return `program:${String(Number.parseInt(id.slice(-2), 16) % shards)}`;
}

/** All of them, as SQL. */
export const programOwners: Fragment = sql`'program:0', 'program:1', 'program:2', 'program:3', 'program:4', 'program:5', 'program:6',
  'program:7', 'program:8', 'program:9', 'program:10', 'program:11', 'program:12', 'program:13', 'program:14', 'program:15'`;

/** Stands for all days together, and behind each of them in any order of texts. */
export const allDays = "total";

/** UTC, `2026-11-24`. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
