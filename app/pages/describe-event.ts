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
  "password.removed": "Password removed",
  "password.confirmed": "Password confirmed",
  "password.confirmation_failed": "Wrong password while signed in",
  "passwordReset.requested": "Link to a new password asked for",
  "passwordReset.done": "New password set by a mailed link",
  "user.email_verified": "E-mail address confirmed",
  "emailVerification.failed": "Wrong code for the e-mail address",
  "emailVerification.address_taken": "Sign-up with your address",
  "emailVerification.change_requested": "New e-mail address asked for",
  "emailVerification.change_undone": "E-mail address changed back",
  "twoFactor.enabled": "Two-step sign-in switched on",
  "twoFactor.disabled": "Two-step sign-in switched off",
  "twoFactor.failed": "Wrong code at the second step",
  "twoFactor.recovery_codes_renewed": "New recovery codes made",
  "twoFactor.devices_forgotten": "Trusted browsers forgotten",
  "twoFactor.reset": "Two-step sign-in taken away by the operator",
  "oauth.linked": "Account elsewhere connected",
  "oauth.unlinked": "Account elsewhere disconnected",
};

/** True for what its owner should look twice at. */
export function isWarning({ type }: SecurityEvent): boolean {
  return ["sign_in.failed", "password.confirmation_failed", "twoFactor.failed"].includes(type);
}

/** An event in plain words; one of a kind that is not known here goes by its own name. */
export function describeEvent({ type, data }: SecurityEvent): string {
  if (data["reason"] === "locked") return "Attempt refused after too many wrong passwords";
  return texts[type] ?? type;
}
