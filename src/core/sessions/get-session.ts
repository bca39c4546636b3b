import { addSeconds } from "../../clock.ts";
import { hashToken, parseToken } from "../../crypto/token.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import type { CurrentSession, Session } from "../session.ts";
import { toCurrentSession } from "./current-session.ts";
import { idleLimit } from "./new-session.ts";
import { findCurrentSession, refreshSession } from "./session-statements.ts";

/**
 * Finds the live session that a token opens, by one statement. When the last refresh lies the refresh interval
 * or more behind, a second one moves the idle limit; should that fail, the session is returned all the same.
 *
 * @returns `null` for anything that is not the token of a live session, however malformed.
 */
export async function getSession(
  environment: CoreEnvironment,
  token: unknown,
): Promise<CurrentSession | null> {
  const parsed = parseToken(token);
  if (parsed === null) return null;
  const now = environment.clock.now();
  const row = await environment.database.maybeOne(findCurrentSession, {
    tokenHash: hashToken("session", parsed),
    now,
  });
  if (row === null) return null;
  const current = toCurrentSession(row);
  return { ...current, session: await refresh(environment, { session: current.session, now }) };
}

async function refresh(
  { database, session: settings, report }: CoreEnvironment,
  { session, now }: { readonly session: Session; readonly now: Date },
): Promise<Session> {
  const seenBefore = addSeconds(now, -settings.refreshIntervalSeconds);
  if (session.lastSeenAt > seenBefore) return session;
  const refreshed = {
    lastSeenAt: now,
    expiresAt: idleLimit({ now, absoluteExpiresAt: session.absoluteExpiresAt, settings }),
  };
  try {
    const written = await database.run(refreshSession, { id: session.id, seenBefore, ...refreshed });
    return written === 1 ? { ...session, ...refreshed } : session;
  } catch (cause) {
    report({ event: "session_refresh_failed", cause });
    return session;
  }
}
