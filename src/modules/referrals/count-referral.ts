import type { Call } from "../../module.ts";
import { addToDay } from "./member-statements.ts";
import { allDays, programDay, programOwner } from "./referral-day.ts";

/** Counts a referral on a day, for its program and for whoever brought it in: the program's rows before the user's. */
export function countReferral({
  id,
  referrerId,
  day,
  ...counts
}: {
  readonly id: string;
  /** `null` for one who is gone. */
  readonly referrerId: string | null;
  readonly program: string;
  readonly day: string;
  readonly referrals: number;
  readonly qualified: number;
}): readonly Call<unknown>[] {
  return [
    addToDay.with({ ...counts, owner: programOwner, day: programDay(day, id) }),
    addToDay.with({ ...counts, owner: programOwner, day: programDay(allDays, id) }),
    ...(referrerId === null ? [] : [addToDay.with({ ...counts, owner: referrerId, day })]),
  ];
}
