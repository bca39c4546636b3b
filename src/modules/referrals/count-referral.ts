import type { Call } from "../../module.ts";
import { addToDay } from "./day-statements.ts";
import { openDay, openProgramOwner } from "./referral-day.ts";

/** Counts a referral on a day, for its program and for whoever brought it in: the program's row before the user's. */
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
  return [
    addToDay.with({ ...counts, owner: openProgramOwner, day: openDay(day, id) }),
    ...(referrerId === null ? [] : [addToDay.with({ ...counts, owner: referrerId, day })]),
  ];
}
