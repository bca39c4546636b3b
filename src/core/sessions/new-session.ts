import { addSeconds } from "../../clock.ts";
import { createToken } from "../../crypto/token.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import type { ClientDetails } from "../input/client-details.ts";
import type { Session } from "../session.ts";
import type { SessionSettings } from "./session-settings.ts";

/** A session that is yet to be stored, with its secret. */
export interface CreatedSession {
  readonly session: Session;
  readonly token: string;
  readonly tokenHash: Uint8Array;
}

/** Makes a session with a token of its own, starting now. */
export function createSession(
  { random, newId, session: settings }: CoreEnvironment,
  { userId, now, client }: { readonly userId: string; readonly now: Date; readonly client: ClientDetails },
): CreatedSession {
  const session = startSession({ id: newId(now), userId, client }, { now, settings });
  const { token, tokenHash } = createToken("session", random);
  return { session, token, tokenHash };
}

/** The session's times, from its limits. */
export function startSession(
  { id, userId, client }: { readonly id: string; readonly userId: string; readonly client: ClientDetails },
  { now, settings }: { readonly now: Date; readonly settings: SessionSettings },
): Session {
  const absoluteExpiresAt = addSeconds(now, settings.absoluteTimeoutSeconds);
  return {
    id,
    userId,
    createdAt: now,
    authenticatedAt: now,
    lastSeenAt: now,
    expiresAt: idleLimit({ now, absoluteExpiresAt, settings }),
    absoluteExpiresAt,
    ipAddress: client.ipAddress,
    userAgent: client.userAgent,
  };
}

/** When a session seen now ends if it is not seen again: never past its absolute end. */
export function idleLimit(limits: {
  readonly now: Date;
  readonly absoluteExpiresAt: Date;
  readonly settings: SessionSettings;
}): Date {
  const idle = addSeconds(limits.now, limits.settings.idleTimeoutSeconds);
  return idle < limits.absoluteExpiresAt ? idle : limits.absoluteExpiresAt;
}
