import type { RandomSource } from "../../module.ts";
import type { MailFailure } from "./transports/mail-failure.ts";

const firstDelaySeconds = 30;
/** RFC 5321 section 4.5.4.1 asks mail servers for 30 minutes and more; somebody waits for these. */
const longestDelaySeconds = 3600;

/** Doubles from 30 seconds to an hour, spread by a quarter so that what failed together does not come back together. */
export function retryDelaySeconds(
  attempts: number,
  { retryAfterSeconds = 0 }: MailFailure,
  random: RandomSource,
): number {
  const delay = Math.min(firstDelaySeconds * 2 ** Math.min(attempts - 1, 20), longestDelaySeconds);
  const byte = new Uint8Array(1);
  random(byte);
  const spread = 0.75 + (byte[0]! / 255) * 0.5;
  return Math.max(delay * spread, Math.min(retryAfterSeconds, longestDelaySeconds));
}
