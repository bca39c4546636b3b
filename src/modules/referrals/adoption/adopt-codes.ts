import { adoptRows, type AdoptedRow, type RowAdoption } from "../../../module.ts";
import { normaliseCode } from "../referral-code.ts";
import type { ReferralSettings } from "../referral-settings.ts";
import { findTakenCodes, insertAdoptedCode } from "./adoption-statements.ts";

/** The table `referral_codes` of github.com/wispberry-tech/wispy-auth at commit 89e856b. */
const columns = {
  code: { column: "code", as: "text" },
  ownerId: { column: "generated_by", as: "user" },
  maxUses: { column: "max_uses", as: "count" },
  uses: { column: "current_uses", as: "count" },
  isActive: { column: "is_active", as: "flag" },
  expiresAt: { column: "expires_at", as: "time" },
  createdAt: { column: "created_at", as: "time" },
  updatedAt: { column: "updated_at", as: "time" },
} as const;

const findings = {
  "referrals.code_invalid": {
    heldBack: true,
    message: "It has no letter from A to Z and no digit, so nobody could redeem it here",
    whatToDo: "Give it another code in the old table, tell its owner, and run again",
  },
  "referrals.code_shared": {
    heldBack: true,
    message:
      "Other old codes are the same as this one without case, signs and look-alikes (O and 0, I, L and 1), so one would bring in for another's owner",
    whatToDo:
      "Give all but one another code in the old table, tell their owners, and run again; their referrals come over with them",
  },
  "referrals.code_taken": {
    heldBack: true,
    message:
      "A code here that was not adopted from it is the same without case, signs and look-alikes (O and 0, I, L and 1)",
    whatToDo: "Give it another code in the old table, tell its owner, and run again",
  },
};

const unknownTime = new Date(0);

/**
 * Codes as they were. `uses` begins at 0 and grows with each referral that comes over by the code: the old counter
 * goes on counting people who are gone, and under load it passed its limit. The uses that are left are kept.
 */
export function adoptCodes({ defaultProgram }: ReferralSettings): RowAdoption {
  return adoptRows({
    table: "referral_codes",
    what: "referral codes",
    columns,
    findings,
    shared: "referrals.code_shared",
    taken: "referrals.code_taken",
    findTaken: findTakenCodes,
    judge(row) {
      const identity = normaliseCode(row.code ?? "");
      if (identity === "") return { finding: "referrals.code_invalid" };
      return { identity, madeAt: row.createdAt ?? row.updatedAt ?? unknownTime };
    },
    write: (rows, now) =>
      function* (tx) {
        const written: string[] = [];
        for (const adopted of rows) {
          const code = describeCode(adopted, now);
          const made = yield* tx.maybeOne(insertAdoptedCode, { ...code, program: defaultProgram });
          if (made !== null) written.push(made.id);
        }
        return written;
      },
  });
}

/** An old limit of 0 is none; one that is reached has made the old code inactive. */
function describeCode({ id, row }: AdoptedRow<typeof columns>, now: Date) {
  const { ownerId, maxUses, uses, isActive, expiresAt } = row;
  const code = row.code ?? "";
  const createdAt = row.createdAt ?? row.updatedAt ?? unknownTime;
  const updatedAt = row.updatedAt ?? createdAt;
  const isOpen = isActive === true && ownerId !== null;
  return {
    id,
    ownerId,
    code,
    codeKey: normaliseCode(code),
    // The old row does not say who thought of it.
    custom: false,
    maxUses: maxUses === 0 ? null : Math.max(0, maxUses - uses),
    uses: 0,
    deactivatedAt: isOpen ? null : ownerId === null ? now : updatedAt,
    expiresAt,
    createdAt,
    updatedAt,
  };
}
