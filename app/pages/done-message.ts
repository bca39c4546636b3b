import type { Html } from "../web/html.ts";
import { doneNotice } from "./form.ts";

const messages: Readonly<Record<string, string>> = {
  "signed-out": "You are signed out.",
  "password-changed": "Your password is changed, and your other devices are signed out.",
  "device-signed-out": "That device is signed out.",
  "others-signed-out": "All your other devices are signed out.",
  "account-deleted": "Your account and your notes are deleted.",
  "sign-in-again": "You signed in a while ago. Sign in again to do that.",
};

/** What the step before has done: `?done=…` names one of the texts here, so that an address can make us say nothing else. */
export function doneMessage(query: URLSearchParams): Html | null {
  const key = query.get("done") ?? "";
  return doneNotice(Object.hasOwn(messages, key) ? messages[key]! : null);
}
