import type { RandomSource } from "../../module.ts";

/** A whole number from 0, below `limit` (at most 2^32), each as likely as every other. */
export function randomInt(random: RandomSource, limit: number): number {
  const range = 2 ** 32;
  // Numbers beyond the last whole multiple would make the small ones likelier.
  const end = range - (range % limit);
  const bytes = new Uint8Array(4);
  for (;;) {
    random(bytes);
    const number = new DataView(bytes.buffer).getUint32(0);
    if (number < end) return number % limit;
  }
}
