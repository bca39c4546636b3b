/** Everybody's counters are spread over as many rows, so that sign-ups at the same moment do not wait for one. */
const shards = 16;

/** The owner of a program's counters for one event, by its id. */
export function programOwner(id: string): string {
  return shardOwner(Number.parseInt(id.slice(-2), 16) % shards);
}

export function shardOwner(shard: number): string {
  return `program:${String(shard)}`;
}

export const programOwners: readonly string[] = Array.from({ length: shards }, (_, shard) =>
  shardOwner(shard),
);

/** UTC, `2026-11-24`. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
