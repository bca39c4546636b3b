import type { Html } from "../web/html.ts";
import { doneNotice } from "./form.ts";

const messages: Readonly<Record<string, string>> = {
  "signed-out": "You are signed out.",
  "password-changed": "Your password is changed, and your other devices are signed out.",
  "device-signed-out": "That device is signed out.",
  "others-signed-out": "All your other devices are signed out.",
  "account-deleted": "Your account and your notes are deleted.",
  "reset-mailed":
    "If there is an account with this address, a link is on its way to it. It works for an hour.",
  "password-reset": "Your new password is set, and you are signed out everywhere. Sign in with it.",
  verified: "Your address is confirmed.",
  "verify-mailed": "A link is on its way to you. It works for a day, and earlier ones do not any more.",
  "change-mailed": "A link is on its way to the new address. Until you follow it, nothing changes.",
  "email-restored": "Your account has its earlier address again. Choose a new password now.",
  "sign-in-ended": "That sign-in has ended. Begin again.",
  "code-mailed": "A code is on its way to you. It works for ten minutes.",
  "step-on": "That is switched on.",
  "step-off": "That is switched off, and your other devices are signed out.",
  "browsers-forgotten": "Every browser is asked for a code again.",
  connected: "Your account there is connected: it signs you in here.",
  disconnected: "That account is not connected any more.",
  invited: "Welcome! You came by an invitation: your first note makes it count, for you and for your friend.",
  "code-not-used": "Your account is made. The invitation was used up just before, so it came without one.",
  "self-referral": "Your account is made. The invitation was your own, so it does not count.",
  "member-already": "That was an invitation, and you have an account already.",
  "code-made": "Your code is ready. Share its link.",
  "code-paused": "That code is paused: it brings nobody in until you resume it.",
  "code-resumed": "That code is active again.",
  "code-retired": "That code is retired for good.",
  "on-leaderboard": "Your name is saved. You chose to be on the leaderboard.",
  "off-leaderboard": "You are not on the leaderboard any more.",
};

/** What the step before has done: `?done=…` names one of the texts here, so that an address can make us say nothing else. */
export function doneMessage(query: URLSearchParams): Html | null {
  const key = query.get("done") ?? "";
  return doneNotice(Object.hasOwn(messages, key) ? messages[key]! : null);
}
