import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** Waits 5 to 15 ms before the second attempt, twice that before the third, and so on up to about 300 ms. */
export async function backOff(attempt: number): Promise<void> {
  const base = 10 * 2 ** Math.min(attempt - 1, 4);
  await sleep(base / 2 + randomInt(base));
}
