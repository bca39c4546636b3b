import type { ClientDetails } from "wispy-auth/module";

/** Something to accept, in the version that is in force. */
export interface ConsentDocument {
  readonly document: string;
  readonly version: string;
  /** Where it can be read. */
  readonly url: string;
  /** Whether there can be no account without it. */
  readonly required: boolean;
}

/** A document, and what a user has said to it. */
export interface ConsentStatus extends ConsentDocument {
  /** The version that the user has accepted and not withdrawn since; `null` if there is none. */
  readonly acceptedVersion: string | null;
  readonly acceptedAt: Date | null;
}

/** One thing a user has said, as it stays on record. */
export interface ConsentRecord {
  readonly id: string;
  readonly document: string;
  readonly version: string;
  /** False for a consent that was withdrawn. */
  readonly accepted: boolean;
  readonly occurredAt: Date;
}

/** The versions that a user accepts, by document: exactly those that were shown. */
export type AcceptedVersions = Readonly<Record<string, string>>;

/** `auth.consents`: for the application's own code; nothing here asks who is calling. */
export interface Consents {
  /** What there is to accept, in the order of the options. */
  readonly documents: readonly ConsentDocument[];
  /** Every document, and what the user has said to it. */
  list(userId: string): Promise<readonly ConsentStatus[]>;
  /** The required documents that the user has not accepted in the version that is in force. */
  missing(userId: string): Promise<readonly ConsentDocument[]>;
  /**
   * Puts on record what was not accepted before.
   * @throws AuthError `not_found`, `consents.outdated`, `consents.unknown_document`
   */
  accept(input: {
    readonly userId: string;
    readonly versions: AcceptedVersions;
    readonly client?: ClientDetails;
  }): Promise<readonly ConsentStatus[]>;
  /**
   * Puts a withdrawal on record. False if there is nothing to withdraw.
   * @throws AuthError `not_found`, `consents.needed` for a document that is required
   */
  withdraw(input: {
    readonly userId: string;
    readonly document: string;
    readonly client?: ClientDetails;
  }): Promise<boolean>;
  /** All that the user has said, newest first; the last hundred. */
  history(userId: string): Promise<readonly ConsentRecord[]>;
}
