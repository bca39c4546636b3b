import { isPending, type NewSession, type PendingSignIn } from "wispy-auth";

/** The step that a sign-in waits for. */
export function pendingOf(result: object | PendingSignIn): PendingSignIn["pending"] {
  if (!isPending(result)) throw new Error("there is a session already");
  return result.pending;
}

/** The session that a sign-in gave. */
export function sessionOf(result: NewSession | PendingSignIn | null): NewSession {
  if (result === null || isPending(result)) throw new Error("there is no session");
  return result;
}
