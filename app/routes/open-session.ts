import type { NewSession } from "wispy-auth";

import type { AppAuth } from "../open-auth.ts";
import type { Answer, Visit } from "../web/visit.ts";

/** The browser gets the new session; the one it had, if any, is over, as nobody holds its token any more. */
export async function openSession(
  auth: AppAuth,
  { token, context }: Visit,
  { opened, location = "/" }: { readonly opened: NewSession; readonly location?: string },
): Promise<Answer> {
  if (token !== null) await auth.signOut(token, context);
  return { location, cookies: auth.sessionCookies(opened) };
}
