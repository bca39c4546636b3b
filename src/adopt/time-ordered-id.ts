import { createHash } from "node:crypto";
import { uuidv7 } from "../ids.ts";

/**
 * A UUIDv7 that is the same every time: its time is that of the old row, so that ids go on sorting by age; its 12
 * bits after the version are the row's number, so that rows of one millisecond keep their order (RFC 9562 section
 * 6.2, method 1); the rest is a digest of `seed`. A rehearsal on a copy of a database gives the ids that the real
 * run will give.
 *
 * A UUIDv7 has no time before 1970: such rows get that one.
 */
export function timeOrderedId({
  at,
  number,
  seed,
}: {
  readonly at: Date;
  readonly number: number;
  readonly seed: readonly (string | number | null)[];
}): string {
  const digest = createHash("sha256").update(JSON.stringify(seed)).digest();
  const fill = (bytes: Uint8Array): void => bytes.set(digest.subarray(0, bytes.length));
  const id = uuidv7(new Date(Math.max(0, at.getTime())), fill);
  return id.slice(0, 15) + (((number % 4096) + 4096) % 4096).toString(16).padStart(3, "0") + id.slice(18);
}
