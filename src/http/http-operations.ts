import type { Core } from "../core/core.ts";

/**
 * Everything the routes ask of the core, and nothing more. Every method throws `AuthError` for a failure the
 * caller can act on; anything else is answered as `internal_error` and logged.
 */
export interface HttpOperations extends Pick<
  Core,
  | "signUp"
  | "signIn"
  | "getSession"
  | "signOut"
  | "listSessions"
  | "revokeSession"
  | "revokeOtherSessions"
  | "changePassword"
  | "confirmPassword"
  | "deleteUser"
> {
  /** One cheap statement; resolves when the database answered it. */
  health(): Promise<unknown>;
}
