import { adoptRows, type AdoptedRow, type Call, type RowAdoption } from "../../../module.ts";
import { countReferral } from "../count-referral.ts";
import { dayOf } from "../referral-day.ts";
import type { ReferralSettings } from "../referral-settings.ts";
import { addPastUse, findTakenReferees, insertAdoptedReferral } from "./adoption-statements.ts";

/** The table `referral_relationships` of github.com/wispberry-tech/wispy-auth at commit 89e856b. */
const columns = {
  referrerId: { column: "referrer_user_id", as: "user" },
  refereeId: { column: "referred_user_id", as: "user" },
  codeId: { column: "referral_code_id", as: "row", table: "referral_codes" },
  createdAt: { column: "created_at", as: "time" },
} as const;

const findings = {
  "referrals.self_referral": {
    heldBack: false,
    message: "Both of its accounts are one user here, and nobody refers themselves",
    whatToDo: "Nothing",
  },
  "referrals.referee_shared": {
    heldBack: true,
    message: "Another old referral brought the same user, because several old accounts are one user here",
    whatToDo: "Decide which one counts, remove the others from the old table, and run again",
  },
  "referrals.referee_taken": {
    heldBack: false,
    message: "Who it brought came by another referral here already",
    whatToDo: "Nothing",
  },
};

const unknownTime = new Date(0);

/**
 * Who brought whom, when and by which code. The Go library knows no rewards and counts everybody at the sign-up: so
 * each referral comes qualified, earns nobody anything, and counts in totals and days as if it had been made here.
 */
export function adoptReferrals({ defaultProgram }: ReferralSettings): RowAdoption {
  return adoptRows({
    table: "referral_relationships",
    what: "referrals",
    columns,
    findings,
    shared: "referrals.referee_shared",
    taken: "referrals.referee_taken",
    findTaken: findTakenReferees,
    judge({ referrerId, refereeId, createdAt }) {
      if (refereeId !== null && referrerId === refereeId) return { finding: "referrals.self_referral" };
      return { identity: refereeId, madeAt: createdAt ?? unknownTime };
    },
    write: (rows) =>
      function* (tx) {
        const written: string[] = [];
        for (const adopted of rows) {
          const [referral, ...counters] = describeReferral(adopted, defaultProgram);
          if ((yield* tx.chain(referral, counters)) !== null) written.push(adopted.id);
        }
        return written;
      },
  });
}

/** The row, and what counts it, in the order of a redemption. */
function describeReferral(
  { id, row: { referrerId, refereeId, codeId, createdAt } }: AdoptedRow<typeof columns>,
  program: string,
): readonly [Call<unknown>, ...Call<unknown>[]] {
  const madeAt = createdAt ?? unknownTime;
  const counts = { program, referrals: 1, qualified: 1 };
  const day = dayOf(madeAt);
  return [
    insertAdoptedReferral.with({
      id,
      program,
      codeId,
      referrerId,
      refereeId,
      state: "qualified",
      signals: [],
      createdAt: madeAt,
      qualifiedAt: madeAt,
    }),
    // One row a day is enough for the one who adopts, and leaves less to fold.
    ...countReferral({ ...counts, id: null, referrerId, day }),
    addPastUse.with({ id: codeId }),
  ];
}
