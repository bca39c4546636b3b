import type { JsonValue } from "../database/statements/value-type.ts";
import type { SecurityEventType } from "../core/security-event.ts";

/** An old event in our words. */
export interface TranslatedEvent {
  readonly type: SecurityEventType;
  readonly data: { readonly [key: string]: JsonValue };
}

// The Go library tells apart by its descriptions alone. They are not taken over: an application that writes events
// of its own may have put an address or a name into them.
const failures: Readonly<Record<string, string>> = {
  "Login attempt for non-existent user": "unknown_account",
  "Login attempt on inactive/suspended account": "disabled",
  "Login attempt on locked account": "locked",
  "Invalid password provided": "wrong_password",
};

const vocabulary: Readonly<Record<string, TranslatedEvent>> = {
  user_signup: { type: "user.signed_up", data: { method: "password" } },
  oauth_user_created: { type: "user.signed_up", data: { method: "oauth" } },
  login_success: { type: "sign_in.succeeded", data: { method: "password" } },
  login_failed: { type: "sign_in.failed", data: { method: "password" } },
  oauth_login: { type: "sign_in.succeeded", data: { method: "oauth" } },
  // The first sign-in of an account that `oauth_user_created` tells of.
  oauth_signup: { type: "sign_in.succeeded", data: { method: "oauth" } },
  oauth_login_failed: { type: "sign_in.failed", data: { method: "oauth", reason: "disabled" } },
  password_changed: { type: "password.changed", data: {} },
  account_unlocked: { type: "user.unlocked", data: {} },
};

/** `null` for a type that has no word here. */
export function translateEvent(old: {
  readonly type: string | null;
  readonly description: string | null;
}): TranslatedEvent | null {
  const known = Object.hasOwn(vocabulary, old.type ?? "") ? vocabulary[old.type!]! : null;
  if (known === null) return null;
  const reason = old.type === "login_failed" ? failures[old.description ?? ""] : undefined;
  return { ...known, data: { ...known.data, ...(reason === undefined ? {} : { reason }), adopted: true } };
}
