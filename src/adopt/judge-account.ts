import { parsePasswordHash } from "../crypto/parse-password-hash.ts";
import { readEmailAddress, type EmailAddress } from "../core/input/email-address.ts";
import { cleanText } from "../core/input/plain-text.ts";
import { maximumNameLength } from "../core/sign-up/prepare-sign-up.ts";
import { describeFinding, type AdoptFinding, type AdoptFindingKind } from "./finding.ts";
import type { OldUser } from "./old/old-users.ts";
import { timeOrderedId } from "./time-ordered-id.ts";

/** An old account in the form that is written. */
export interface Account {
  readonly oldId: number;
  readonly oldUuid: string | null;
  readonly oldUpdatedAt: Date | null;
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly emailCanonical: string;
    readonly name: string | null;
    readonly emailVerifiedAt: Date | null;
    readonly disabledAt: Date | null;
    readonly disabledReason: string | null;
    readonly createdAt: Date;
    readonly updatedAt: Date;
  };
  readonly passwordHash: string | null;
  /** Failed sign-ins that go on counting; `null` for none. */
  readonly attempts: {
    readonly failures: number;
    readonly lastFailedAt: Date;
    readonly lockedUntil: Date | null;
  } | null;
}

/** What becomes of an old account: an account of ours, or `null` if it is held back. */
export interface Verdict {
  readonly account: Account | null;
  readonly findings: readonly AdoptFinding[];
}

export interface Judgement {
  readonly now: Date;
  /** The old accounts that share their address with others, by id. */
  readonly shared: ReadonlyMap<number, readonly number[]>;
  readonly withoutSecondFactor: boolean;
}

/** Decides by the row alone; whether the address has an account already, only the insert can tell. */
export function judgeAccount(old: OldUser, judgement: Judgement): Verdict {
  const email = readEmailAddress(old.email);
  if (email === null) return heldBack("address_invalid", { oldId: old.id });
  const otherOldIds = judgement.shared.get(old.id);
  if (otherOldIds !== undefined) {
    return heldBack("address_shared", { oldId: old.id, userId: describeId(old), otherOldIds });
  }
  const password = judgePassword(old);
  const status = judgeStatus(old, judgement);
  const user = describeUser(old, { email, disabledReason: status.disabledReason });
  const kinds: AdoptFindingKind[] = [
    ...password.findings,
    ...status.findings,
    ...(old.mustChangePassword === true ? (["password_change_forced"] as const) : []),
    ...(old.createdAt === null ? (["creation_unknown"] as const) : []),
  ];
  return {
    account: {
      oldId: old.id,
      oldUuid: old.uuid,
      oldUpdatedAt: old.updatedAt,
      user,
      passwordHash: password.hash,
      attempts: describeAttempts(old, { now: judgement.now, updatedAt: user.updatedAt }),
    },
    findings: kinds.map((kind) => describeFinding(kind, { oldId: old.id, userId: user.id })),
  };
}

function heldBack(
  kind: AdoptFindingKind,
  about: { readonly oldId: number; readonly userId?: string; readonly otherOldIds?: readonly number[] },
): Verdict {
  return { account: null, findings: [describeFinding(kind, about)] };
}

/** False for an account that was made by an OAuth provider or linked to one. */
function hasOwnPassword({ provider }: OldUser): boolean {
  return provider === null || provider === "" || provider === "email";
}

/**
 * The Go library links by address alone: who signed up with somebody else's address and waited for its owner to come
 * by a provider would get in with the old password, had it not refused passwords of linked accounts from then on.
 */
function judgePassword(old: OldUser): { hash: string | null; findings: AdoptFindingKind[] } {
  if (old.passwordHash === null || old.passwordHash === "") return { hash: null, findings: [] };
  if (!hasOwnPassword(old)) return { hash: null, findings: ["password_before_linking"] };
  if (parsePasswordHash(old.passwordHash) === null) return { hash: null, findings: ["password_unknown"] };
  return { hash: old.passwordHash, findings: [] };
}

/** The Go library cannot read a row whose flags are NULL, so nobody signs in to such an account. */
function judgeStatus(
  old: OldUser,
  { withoutSecondFactor }: Judgement,
): { disabledReason: string | null; findings: AdoptFindingKind[] } {
  const secondFactor = old.hasSecondFactor === true;
  const findings: AdoptFindingKind[] = [];
  if (secondFactor) findings.push(withoutSecondFactor ? "second_factor_dropped" : "second_factor_missing");
  if (old.isActive === null || old.isSuspended === null) findings.push("status_unclear");
  const reasons = [
    ...(old.isSuspended === false ? [] : [old.isSuspended === null ? "perhaps suspended" : "suspended"]),
    ...(old.isActive === true ? [] : [old.isActive === null ? "perhaps inactive" : "inactive"]),
    ...(secondFactor && !withoutSecondFactor ? ["second factor not taken over"] : []),
  ];
  return { disabledReason: reasons.length === 0 ? null : `Adopted: ${reasons.join(", ")}`, findings };
}

const unknownTime = new Date(0);

function describeCreation({ createdAt, updatedAt }: OldUser): Date {
  return createdAt ?? updatedAt ?? unknownTime;
}

/** The id that the account gets, whenever that is. */
function describeId(old: OldUser): string {
  return timeOrderedId({ at: describeCreation(old), number: old.id, seed: ["user", old.id, old.uuid] });
}

/** When an address was verified or an account disabled, the old row does not say; not later than its last change. */
function describeUser(
  old: OldUser,
  { email, disabledReason }: { readonly email: EmailAddress; readonly disabledReason: string | null },
): Account["user"] {
  const createdAt = describeCreation(old);
  const updatedAt = old.updatedAt ?? createdAt;
  const names = [old.firstName?.trim(), old.lastName?.trim()].filter(
    (name) => name !== undefined && name !== "",
  );
  return {
    id: describeId(old),
    email: email.address,
    emailCanonical: email.canonical,
    name: cleanText(names.join(" "), maximumNameLength),
    emailVerifiedAt: old.isVerified === true ? updatedAt : null,
    disabledAt: disabledReason === null ? null : updatedAt,
    disabledReason,
    createdAt,
    updatedAt,
  };
}

/**
 * Half of the failures without a success that end all trying here (NIST SP 800-63B 3.2.2): the Go library counts
 * without an end, and an owner whom strangers have attacked must not be shut out by the change.
 */
const maximumFailures = 50;

function describeAttempts(
  old: OldUser,
  { now, updatedAt }: { readonly now: Date; readonly updatedAt: Date },
): Account["attempts"] {
  const lockedUntil = old.lockedUntil !== null && old.lockedUntil > now ? old.lockedUntil : null;
  if (lockedUntil === null && old.loginAttempts === 0) return null;
  return {
    failures: Math.min(old.loginAttempts, maximumFailures),
    // The Go library counts in `user_security` and leaves `last_failed_login_at` alone.
    lastFailedAt: old.lastFailedAt ?? old.securityUpdatedAt ?? updatedAt,
    lockedUntil,
  };
}
