import { type AuthError, isAuthError, type PasswordRejection } from "wispy-auth";

import type { Problem } from "./form.ts";

/** Which of the form's fields hold what the library speaks of. */
export interface FormFields {
  /** The password that is being chosen. */
  readonly newPassword?: string;
  /** The password that proves who is asking. */
  readonly password?: string;
}

/**
 * What to tell the person about a failure they can do something about. Anything else is thrown on: it is the
 * operator's.
 */
export function explainProblem(error: unknown, fields: FormFields = {}): Problem {
  if (isAuthError(error, "invalid_input")) {
    const { path, message } = error.data.issues[0] ?? { path: "", message: error.message };
    return { status: 422, ...(path === "" ? {} : { field: path }), message: `${message}.` };
  }
  if (isAuthError(error, "password_rejected")) {
    const message = rejectionText(error.data.reason, error.data.minLength);
    return about(fields.newPassword, { status: 422, message });
  }
  if (isAuthError(error, "user_exists")) {
    return {
      status: 409,
      field: "email",
      message: "There is an account with this address. Sign in instead?",
    };
  }
  if (isAuthError(error, "invalid_credentials")) {
    // At sign-in this is all there is to say: which of the two was wrong, or that there were too many attempts, is
    // nobody's business who does not know the password.
    const message = fields.password === undefined ? wrongSignIn : "This is not your password.";
    return about(fields.password, { status: 401, message });
  }
  if (isAuthError(error, "too_many_requests")) {
    return { status: 429, message: explainWait(error) };
  }
  if (isAuthError(error, "overloaded")) {
    return { status: 503, message: "A lot is going on right now. Try again in a moment." };
  }
  throw error;
}

const wrongSignIn =
  "The address or the password is wrong. After several wrong tries, an account rests for a few minutes.";

function about(field: string | undefined, problem: Problem): Problem {
  return field === undefined ? problem : { ...problem, field };
}

function rejectionText(reason: PasswordRejection, minLength = 8): string {
  const texts: Readonly<Record<PasswordRejection, string>> = {
    too_short: `Use at least ${minLength} characters.`,
    too_long: "Use a shorter password.",
    common: "This is one of the passwords that attackers try first. Choose another.",
    contains_context: "Leave out your address and the name of this site: they are easy to guess.",
    not_allowed: "Choose another password.",
    ill_formed: "This password has a character that cannot be used.",
  };
  return texts[reason];
}

/** Why to wait, and for how long: a limit was used up, or a person's passwords rest after too many wrong ones. */
export function explainWait(
  { data }: AuthError<"too_many_requests">,
  what = "Too many wrong passwords.",
): string {
  const reason = data.policy === undefined ? what : "That was tried too often.";
  return `${reason} Try again in ${waitText(Math.ceil(data.retryAfterSeconds))}.`;
}

function waitText(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
