/** An account, as the application sees it. Holds no credential. */
export interface User {
  /** UUIDv7. */
  readonly id: string;
  /** The address as it was given at sign-up (NFKC-normalised); two spellings of one address are one account. */
  readonly email: string;
  readonly name: string | null;
  /** When the address was proven to belong to the user; `null` until then, and again after the address changes. */
  readonly emailVerifiedAt: Date | null;
  /** When the account was disabled; `null` while it is in use. A disabled user has no sessions. */
  readonly disabledAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
