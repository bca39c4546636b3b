import { isAuthError } from "wispy-auth";

import { explainProblem } from "../explain-problem.ts";
import type { Problem } from "../form.ts";

/** What to tell somebody whose code could not be made; anything else is thrown on. */
export function explainCodeProblem(error: unknown): Problem {
  if (isAuthError(error, "referrals.code_taken")) {
    return { status: 409, field: "code", message: "Somebody has this code already. Try another." };
  }
  if (isAuthError(error, "referrals.code_not_allowed")) {
    return { status: 422, field: "code", message: "This code is not allowed. Try another." };
  }
  if (isAuthError(error, "referrals.too_many_codes")) {
    return { status: 409, message: "You have as many codes as there can be. Retire one first." };
  }
  const problem = explainProblem(error);
  const message = problem.field === undefined ? undefined : texts[problem.field];
  return message === undefined ? problem : { ...problem, message };
}

const texts: Readonly<Record<string, string>> = {
  code: "A code has 4 to 32 letters, digits and dashes.",
  maxUses: "This is a whole number from 1; leave it empty for no limit.",
};
