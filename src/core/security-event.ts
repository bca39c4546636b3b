import type { JsonValue } from "../database/statements/value-type.ts";

/** Every kind of entry in the event log. */
export const securityEventTypes = [
  "user.signed_up",
  "user.created",
  "user.updated",
  "user.email_changed",
  "user.email_verified",
  "user.disabled",
  "user.enabled",
  "user.unlocked",
  "user.deleted",
  "sign_in.succeeded",
  "sign_in.failed",
  "sign_in.step_required",
  "sign_out",
  "session.revoked",
  "sessions.revoked",
  "password.changed",
  "password.set",
  "password.removed",
  "password.confirmed",
  "password.confirmation_failed",
] as const;

export type SecurityEventType = (typeof securityEventTypes)[number];

/** A kind of entry that a module declares, named after it: `referrals.redeemed`. */
export type ModuleEventType = `${string}.${string}`;

/**
 * An entry of the event log, written in the transaction of the change it tells of. Entries outlive the user
 * they name and hold no secret and no e-mail address.
 */
export interface SecurityEvent {
  /** UUIDv7: the order of ids is the order of events. */
  readonly id: string;
  readonly type: SecurityEventType | ModuleEventType;
  /** `null` for an attempt on an account that does not exist. */
  readonly userId: string | null;
  readonly occurredAt: Date;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /** The session that acted, or that was made or ended. */
  readonly sessionId: string | null;
  readonly data: { readonly [key: string]: JsonValue };
}
