import type { RowOf } from "../../module.ts";
import { addToDays, takeOpenDays } from "./day-statements.ts";
import { allDays, dayOf, openProgramOwner, programOwner } from "./referral-day.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";

type OpenDay = RowOf<typeof takeOpenDays>;

/**
 * Folds open rows of days that are over into one row a day and the total; returns how many. What is counted for such a
 * day later opens a row of it again. Safe in any number of processes at once: nobody but they writes folded rows, all in
 * one order.
 */
export async function foldDays({ database, clock }: ReferralEnvironment, limit: number): Promise<number> {
  const before = dayOf(clock.now());
  return database.transaction(function* (tx) {
    const open = yield* tx.many(takeOpenDays, { owner: openProgramOwner, before, limit });
    if (open.length > 0) yield* tx.run(addToDays, { owner: programOwner, counts: sumsOf(open) });
    return open.length;
  });
}

/** By program and day, and of each program in all. */
function sumsOf(open: readonly OpenDay[]): readonly OpenDay[] {
  const sums = new Map<string, OpenDay>();
  for (const { program, day: name, referrals, qualified } of open) {
    for (const day of [name.slice(0, 10), allDays]) {
      const key = `${program} ${day}`;
      const sum = sums.get(key) ?? { program, day, referrals: 0, qualified: 0 };
      sums.set(key, {
        program,
        day,
        referrals: sum.referrals + referrals,
        qualified: sum.qualified + qualified,
      });
    }
  }
  return [...sums].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, sum]) => sum);
}
