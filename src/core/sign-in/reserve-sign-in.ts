import type { Database } from "../../database/database.ts";
import { withRepetition } from "../known-outcome.ts";
import { deviceKey } from "../lockout/attempt-key.ts";
import { reserveAttempt, type ReservationRules } from "../lockout/attempt-statements.ts";
import type { Reservation } from "../lockout/verify-reserved.ts";
import type { User } from "../user.ts";
import { findAndReserve } from "./sign-in-statements.ts";

/** The account of an address, as a sign-in reads it. */
export interface Account extends User {
  readonly passwordHash: string | null;
  /** The known device that the caller presented, if it is one of this account's. */
  readonly deviceId: string | null;
  readonly deviceSeenAt: Date | null;
}

/** What the first step of a sign-in found. */
export interface Candidate {
  readonly account: Account | null;
  /** `null`: the bucket is locked, and the password must not be tried. */
  readonly reservation: Reservation | null;
}

export interface SignInLookUp {
  readonly emailCanonical: string;
  readonly deviceTokenHash: Uint8Array | null;
}

export type SignInReservation = SignInLookUp & ReservationRules & { readonly accountKey: string };

/**
 * Reads the account and counts the attempt before it is made.
 *
 * The bucket is the known device's if the caller presented one of this account, the account's otherwise: so
 * whatever strangers do to the account's bucket, its owner's devices are not locked out.
 */
export function reserveSignIn(database: Database, params: SignInReservation): Promise<Candidate> {
  return withRepetition(() =>
    database.dialect === "postgres" ? inOneStatement(database, params) : inOneTransaction(database, params),
  );
}

async function inOneStatement(database: Database, params: SignInReservation): Promise<Candidate> {
  const row = await database.one(findAndReserve, params);
  const { reservedKey: key, lockedUntil } = row;
  return { account: accountIn(row), reservation: key === null ? null : { key, lockedUntil } };
}

function inOneTransaction(database: Database, params: SignInReservation): Promise<Candidate> {
  return database.transaction(function* (tx) {
    const account = accountIn(yield* tx.one(findAndReserve, params));
    const key = account?.deviceId ? deviceKey(account.deviceId) : params.accountKey;
    const reservation = yield* tx.maybeOne(reserveAttempt, { ...params, key, userId: account?.id ?? null });
    return { account, reservation };
  });
}

function accountIn(row: { readonly [K in keyof Account]: Account[K] | null }): Account | null {
  return row.id === null ? null : (row as Account);
}
