import { isAuthError } from "wispy-auth";

import { explainProblem, explainWait } from "../explain-problem.ts";
import type { Problem } from "../form.ts";

/** Why a code did not confirm an address, or no mail was sent. */
export function explainVerifyProblem(error: unknown): Problem {
  if (isAuthError(error, "emailVerification.code_wrong")) {
    return { status: 422, field: "code", message: "This code is wrong. Look at the newest mail." };
  }
  if (isAuthError(error, "emailVerification.challenge_gone")) {
    return { status: 410, message: "That code does not work any more. Ask for another mail." };
  }
  if (isAuthError(error, "too_many_requests")) {
    return { status: 429, message: explainWait(error, "That was tried too often.") };
  }
  return explainProblem(error);
}
