import { isAuthError } from "wispy-auth";

import { explainProblem, explainWait } from "../explain-problem.ts";
import type { Problem } from "../form.ts";

const texts: Readonly<Record<string, string>> = {
  "twoFactor.not_enabled": "This is not switched on.",
  "twoFactor.already_enabled": "This is switched on already.",
  "twoFactor.not_offered": "The secret is not valid any more. Begin again.",
  "twoFactor.email_unverified": "Verify your e-mail address first.",
};

/** What to tell about a code, or a change of the second step. What is nobody's but the operator's is thrown on. */
export function explainCodeProblem(error: unknown): Problem {
  if (isAuthError(error, "twoFactor.code_wrong")) {
    const message = "This code is wrong, or was used before. Enter a new one.";
    return { status: 422, field: "code", message };
  }
  if (isAuthError(error, "too_many_requests")) {
    return { status: 429, message: explainWait(error, "That was tried too often.") };
  }
  if (isAuthError(error) && Object.hasOwn(texts, error.code)) {
    return { status: 409, message: texts[error.code]! };
  }
  return explainProblem(error);
}
