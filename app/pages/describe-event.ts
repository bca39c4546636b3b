import type { SecurityEvent } from "wispy-auth";

const texts: Readonly<Record<string, string>> = {
  "user.signed_up": "Account created",
  "user.created": "Account created",
  "user.updated": "Name changed",
  "user.email_changed": "E-mail address changed",
  "user.disabled": "Account disabled",
  "user.enabled": "Account enabled again",
  "user.unlocked": "Failed attempts forgotten",
  "sign_in.succeeded": "Signed in",
  "sign_in.failed": "Sign-in with a wrong password",
  sign_out: "Signed out",
  "session.revoked": "One device signed out",
  "sessions.revoked": "Other devices signed out",
  "password.changed": "Password changed",
  "password.set": "Password set by the operator",
  "password.confirmation_failed": "Wrong password while signed in",
};

/** True for what its owner should look twice at. */
export function isWarning({ type }: SecurityEvent): boolean {
  return type === "sign_in.failed" || type === "password.confirmation_failed";
}

/** An event in plain words; one of a kind that is not known here goes by its own name. */
export function describeEvent({ type, data }: SecurityEvent): string {
  if (data["reason"] === "locked") return "Attempt refused after too many wrong passwords";
  return texts[type] ?? type;
}
