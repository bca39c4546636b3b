import type { User } from "./user.ts";

/** One signed-in browser or client. The token that opens it is given out once and stored only as a digest. */
export interface Session {
  /** UUIDv7. Safe to show: it does not open the session. */
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  /** When the user last proved who they are in this session; what freshness is measured from. */
  readonly authenticatedAt: Date;
  /** Exact to the refresh interval (60 seconds unless set otherwise). */
  readonly lastSeenAt: Date;
  /** The idle limit; moves forward with use, never past `absoluteExpiresAt`. */
  readonly expiresAt: Date;
  /** The end of the session however busy it is. */
  readonly absoluteExpiresAt: Date;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** Who is asking: the session and its user, read together by one statement. */
export interface CurrentSession {
  readonly user: User;
  readonly session: Session;
}

/** What a sign-up or sign-in gives: the account, the new session, and the secrets for the client to keep. */
export interface NewSession extends CurrentSession {
  /** Opens the session. Shown here once; only its digest is stored. */
  readonly token: string;
  /**
   * Marks this browser as one its owner has signed in from, so that a stranger's wrong passwords cannot keep
   * the owner out. Keep it in a long-lived cookie and hand it back as `RequestContext.deviceToken`.
   */
  readonly deviceToken: string;
}
