import { hashToken, parseToken } from "../../crypto/token.ts";
import type { TransactionScript } from "../../database/script.ts";
import { isUuid } from "../../ids.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { insertSignOutEvent, recordEvent } from "../events/event-statements.ts";
import { readClientDetails, type ClientDetails } from "../input/client-details.ts";
import type { RequestContext } from "../request-context.ts";
import {
  deleteOtherSessions,
  deleteSession,
  deleteSessionByToken,
  deleteSessionsOfUser,
} from "./session-statements.ts";

/** Ends the session that a token opens and writes the event: one round trip. */
export async function signOut(
  { database, clock, newId }: CoreEnvironment,
  { token, context }: { readonly token: unknown; readonly context: RequestContext | undefined },
): Promise<boolean> {
  const parsed = parseToken(token);
  if (parsed === null) return false;
  const tokenHash = hashToken("session", parsed);
  const occurredAt = clock.now();
  const event = insertSignOutEvent.with({
    id: newId(occurredAt),
    type: "sign_out",
    occurredAt,
    ...readClientDetails(context),
    data: {},
    tokenHash,
  });
  const ended = await database.transaction(
    (tx) => tx.chain(event, [deleteSessionByToken.with({ tokenHash })]),
    { singleStep: true },
  );
  return ended !== null;
}

/** Whose sessions, and who asked. */
export interface Revocation {
  readonly userId: string;
  readonly client: ClientDetails;
}

/** False if the user has no such session. One round trip. */
export function revokeSessionScript(
  { clock, newId }: CoreEnvironment,
  { userId, sessionId, client }: Revocation & { readonly sessionId: string },
): TransactionScript<boolean> {
  const now = clock.now();
  const id = newId(now);
  return function* (tx) {
    if (!isUuid(userId) || !isUuid(sessionId)) return false;
    const event = recordEvent({ id, type: "session.revoked", userId, occurredAt: now, client, sessionId });
    return (yield* tx.chain(deleteSession.with({ id: sessionId, userId, now }), [event])) !== null;
  };
}

/** Ends all sessions of the user but the one to keep; the number of live ones among them. */
export function revokeOtherSessionsScript(
  { clock, newId }: CoreEnvironment,
  { userId, keepSessionId, client }: Revocation & { readonly keepSessionId: string | undefined },
): TransactionScript<number> {
  const now = clock.now();
  const id = newId(now);
  return function* (tx) {
    if (!isUuid(userId)) return 0;
    const keep = keepSessionId !== undefined && isUuid(keepSessionId) ? keepSessionId : null;
    const gone = keep
      ? yield* tx.many(deleteOtherSessions, { userId, keepSessionId: keep })
      : yield* tx.many(deleteSessionsOfUser, { userId });
    const count = gone.filter((session) => session.expiresAt > now).length;
    if (count === 0) return 0;
    const event = { id, type: "sessions.revoked", userId, occurredAt: now, client, data: { count } } as const;
    yield* tx.all([recordEvent(event)]);
    return count;
  };
}
