import { isPending, type NewSession, type PendingSignIn } from "wispy-auth";

import type { AppAuth } from "../open-auth.ts";
import type { Answer, Visit } from "../web/visit.ts";

/**
 * The browser gets the new session; the one it had, if any, is over, as nobody holds its token any more. Where a second
 * step is asked for first, it gets what the step needs.
 */
export async function openSession(
  auth: AppAuth,
  { token, context }: Visit,
  { opened, location = "/" }: { readonly opened: NewSession | PendingSignIn; readonly location?: string },
): Promise<Answer> {
  const cookies = auth.sessionCookies(opened);
  if (isPending(opened)) {
    const methods = opened.pending.methods.join(".");
    return { location: `/sign-in/second-step?methods=${methods}`, cookies };
  }
  if (token !== null) await auth.signOut(token, context);
  return { location, cookies };
}
