/** What a run lists one by one. Holds ids alone: no address, no name, no hash. */
export interface AdoptFinding {
  readonly kind: AdoptFindingKind | ModuleFindingKind;
  /** The old table: `users` for accounts. */
  readonly table: string;
  /** The row's `id` there. */
  readonly oldId: number;
  /** It was not adopted. Once the cause is gone, the next run adopts it. */
  readonly heldBack: boolean;
  /**
   * The account of ours that is meant: what it was adopted as; for `address_taken`, the one in the way; for
   * `address_shared`, what it will be adopted as if it is the one to keep the address.
   */
  readonly userId: string | null;
  /** Other old rows of the table that are meant. */
  readonly otherOldIds: readonly number[];
  readonly message: string;
  readonly whatToDo: string;
}

interface FindingText {
  readonly heldBack: boolean;
  readonly message: string;
  readonly whatToDo: string;
}

const texts = {
  address_invalid: {
    heldBack: true,
    message: "Its e-mail address is none that can be signed in with",
    whatToDo: "Correct users.email in the old tables and run again, or leave the account behind",
  },
  address_shared: {
    heldBack: true,
    message:
      "Other old accounts have the same address in another spelling, so one sign-in would stand for all",
    whatToDo:
      "Decide which one keeps the address: give the others another in the old tables, or map them to the id that it will have (docs/adopt.md), and run again",
  },
  address_taken: {
    heldBack: true,
    message: "The address has an account here already that was not adopted from this one",
    whatToDo:
      "If both are one person's, map the old account to it (docs/adopt.md); if not, change one of the addresses; run again",
  },
  password_unknown: {
    heldBack: false,
    message: "Its password hash is of no known form, so the account comes without a password",
    whatToDo: "Have the person choose a new password, or set one with users.setPassword",
  },
  password_before_linking: {
    heldBack: false,
    message:
      "It was linked to an OAuth provider, after which the Go library refused its password; whoever chose that never proved the address, so the account comes without a password",
    whatToDo: "Nothing if the person signs in by the provider; else have a new password chosen",
  },
  second_factor_missing: {
    heldBack: false,
    message: "It has a second factor, which is not taken over, so the account comes disabled",
    whatToDo:
      "users.enable opens it to the password alone; --without-second-factor does so for all that are yet to be adopted",
  },
  second_factor_dropped: {
    heldBack: false,
    message: "It has a second factor, which is not taken over: the password alone opens it",
    whatToDo: "Tell its owner, or disable it until there is a second factor here",
  },
  password_change_forced: {
    heldBack: false,
    message: "It was marked for a change of password, which nothing here demands",
    whatToDo: "Have the person choose a new password, or set one with users.setPassword",
  },
  status_unclear: {
    heldBack: false,
    message: "The old row does not say whether it is active or suspended, so the account comes disabled",
    whatToDo: "users.enable opens it",
  },
  creation_unknown: {
    heldBack: false,
    message: "The old row does not say when it was made",
    whatToDo: "Nothing: the time of its last change stands for it, or 1970",
  },
  changed_since: {
    heldBack: false,
    message: "The old row has changed since it was adopted; an adopted account is not brought up to date",
    whatToDo: "Compare the two and bring over by hand what counts (a suspension, a new password)",
  },
} satisfies Record<string, FindingText>;

export type AdoptFindingKind = keyof typeof texts;

/** What a module says of a row that it takes over: `<module>.<reason>`. */
export type ModuleFindingKind = `${string}.${string}`;

/** A finding about an account, in words. */
export function describeFinding(
  kind: AdoptFindingKind,
  {
    oldId,
    userId = null,
    otherOldIds = [],
  }: { readonly oldId: number; readonly userId?: string | null; readonly otherOldIds?: readonly number[] },
): AdoptFinding {
  return { kind, table: "users", oldId, userId, otherOldIds, ...texts[kind] };
}
