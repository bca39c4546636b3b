import type { TestHost } from "../../support/test-host.ts";
import { goTime, insertRows } from "./go-accounts.ts";

/** What a row of the Go library's `referral_codes` can hold. Left out: as its own defaults say. */
export interface GoCode {
  readonly code: string;
  readonly owner: number;
  readonly maxUses?: number;
  readonly uses?: number;
  readonly active?: boolean | null;
  readonly expiresAt?: string | null;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
}

/** Writes codes as the Go library does, and returns their ids. */
export function addGoCodes(host: TestHost, ...codes: readonly GoCode[]): Promise<number[]> {
  const rows = codes.map(({ code, owner, createdAt = goTime(), ...given }) => ({
    code,
    generated_by: owner,
    max_uses: given.maxUses ?? 0,
    current_uses: given.uses ?? 0,
    is_active: given.active === undefined ? true : given.active,
    expires_at: given.expiresAt ?? null,
    created_at: createdAt,
    updated_at: given.updatedAt === undefined ? createdAt : given.updatedAt,
  }));
  return insertRows(host, "referral_codes", rows);
}

export interface GoReferral {
  readonly code: number;
  readonly referrer: number;
  readonly referee: number;
  readonly createdAt?: string | null;
}

/** Writes who brought whom. The counter of the code is the caller's. */
export function addGoReferrals(host: TestHost, ...referrals: readonly GoReferral[]): Promise<number[]> {
  const rows = referrals.map(({ code, referrer, referee, createdAt = goTime() }) => ({
    referrer_user_id: referrer,
    referred_user_id: referee,
    referral_code_id: code,
    created_at: createdAt,
  }));
  return insertRows(host, "referral_relationships", rows);
}
