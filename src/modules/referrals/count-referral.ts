import type { Call } from "../../module.ts";
import { addToDay } from "./day-statements.ts";
import { addToMember } from "./member-statements.ts";
import { openDay, openProgramOwner } from "./referral-day.ts";

/**
 * Counts a referral on a day, for its program and for whoever brought it in. PostgreSQL runs statements of one step from
 * the last to the first: the referrer's day, the program's, the member. Everybody who holds more than one of them takes
 * them in this order, balances after them, so that no two wait for each other.
 */
export function countReferral({
  id,
  referrerId,
  day,
  ...counts
}: {
  /** Spreads what is counted at the same moment; `null` where one caller alone counts. */
  readonly id: string | null;
  /** `null` for one who is gone. */
  readonly referrerId: string | null;
  readonly program: string;
  readonly day: string;
  readonly referrals: number;
  readonly qualified: number;
}): readonly Call<unknown>[] {
  const ofProgram = addToDay.with({ ...counts, owner: openProgramOwner, day: openDay(day, id) });
  if (referrerId === null) return [ofProgram];
  return [
    addToMember.with({ ...counts, userId: referrerId, rewards: 0 }),
    addToDay.with({ ...counts, owner: referrerId, day }),
    ofProgram,
  ];
}
