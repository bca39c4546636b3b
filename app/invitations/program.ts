import type { ProgramOptions } from "wispy-auth/referrals";

/** What an invitation is worth, to both sides. It counts with the first note of whoever was invited. */
export const program = {
  referrer: { amount: 10, unit: "credit" },
  referee: { amount: 5, unit: "credit" },
  qualification: "manual",
} as const satisfies ProgramOptions;

/** Codes of one user that are not retired. */
export const maxCodes = 5;
