import { randomUUID } from "node:crypto";
import { hash } from "@node-rs/bcrypt";
import type { TestHost } from "../../support/test-host.ts";

/** What a row of the Go library's `users`, and of its `user_security`, can hold. Left out: as its sign-up writes it. */
export interface GoAccount {
  readonly id?: number;
  readonly email: string;
  readonly uuid?: string;
  readonly username?: string | null;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly passwordHash?: string | null;
  readonly avatarUrl?: string | null;
  readonly provider?: string | null;
  readonly providerId?: string | null;
  readonly verified?: boolean | null;
  readonly active?: boolean | null;
  readonly suspended?: boolean | null;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
  /** `null` for an account without its second row, which a sign-up broken off leaves behind. */
  readonly security?: {
    readonly attempts?: number;
    readonly lockedUntil?: string;
    readonly lastFailedAt?: string;
    readonly updatedAt?: string;
    readonly mustChangePassword?: boolean;
    readonly secondFactor?: boolean;
  } | null;
}

/** bcrypt as Go writes it: `$2a$`. Of the least cost, unless the test is about the real one. */
export function goPassword(password: string, cost = 4): Promise<string> {
  return hash(password, { cost, version: "2a" });
}

/** Writes accounts as the Go library does and returns their ids. Times are texts, kept as they are on SQLite. */
export async function addGoAccounts(host: TestHost, accounts: readonly GoAccount[]): Promise<number[]> {
  const ids = await insertRows(host, "users", accounts.map(userRow));
  const security = accounts.flatMap((account, i) => securityRows(account, ids[i]!));
  await insertRows(host, "user_security", security);
  return ids;
}

function userRow(account: GoAccount): Record<string, unknown> {
  const { createdAt = goTime() } = account;
  return {
    ...(account.id === undefined ? {} : { id: account.id }),
    uuid: account.uuid ?? randomUUID(),
    email: account.email,
    username: account.username === undefined ? "" : account.username,
    first_name: account.firstName === undefined ? "" : account.firstName,
    last_name: account.lastName === undefined ? "" : account.lastName,
    password_hash: account.passwordHash === undefined ? "" : account.passwordHash,
    avatar_url: account.avatarUrl ?? null,
    provider: account.provider === undefined ? "email" : account.provider,
    provider_id: account.providerId === undefined ? "" : account.providerId,
    email_verified: account.verified === undefined ? false : account.verified,
    is_active: account.active === undefined ? true : account.active,
    is_suspended: account.suspended === undefined ? false : account.suspended,
    created_at: createdAt,
    updated_at: account.updatedAt === undefined ? createdAt : account.updatedAt,
  };
}

function securityRows(account: GoAccount, id: number): Record<string, unknown>[] {
  const { createdAt = goTime(), security = {} } = account;
  if (security === null) return [];
  return [
    {
      user_id: id,
      login_attempts: security.attempts ?? 0,
      locked_until: security.lockedUntil ?? null,
      last_failed_login_at: security.lastFailedAt ?? null,
      force_password_change: security.mustChangePassword ?? false,
      two_factor_enabled: security.secondFactor ?? false,
      created_at: createdAt,
      updated_at: security.updatedAt ?? createdAt,
    },
  ];
}

/** A time as the Go library's SQLite driver writes it: RFC 3339 with nanoseconds, in the machine's own zone. */
export function goTime(secondsFromNow = -86_400): string {
  const moment = new Date(Date.now() + secondsFromNow * 1000 + 2 * 3_600_000);
  return moment.toISOString().replace(/Z$/, "456789+02:00");
}

/** Inserts rows and returns their keys, in order; a statement for each run of rows with the same columns. */
export async function insertRows(
  host: TestHost,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<number[]> {
  const key = table === "user_security" ? "user_id" : "id";
  const keys: number[] = [];
  for (let from = 0; from < rows.length;) {
    const columns = Object.keys(rows[from]!).join(", ");
    const end = rows.findIndex((row, i) => i >= from && Object.keys(row).join(", ") !== columns);
    const alike = rows.slice(from, end < 0 ? rows.length : end);
    const values: unknown[] = [];
    const lists = alike.map((row) => {
      const places = Object.values(row).map((value) => {
        const stored = host.dialect === "sqlite" && typeof value === "boolean" ? Number(value) : value;
        return `$${String(values.push(stored))}`;
      });
      return `(${places.join(", ")})`;
    });
    const text = `insert into ${table} (${columns}) values ${lists.join(", ")} returning ${key} as key`;
    keys.push(...(await host.query(text, values)).map((row) => Number(row["key"])));
    from += alike.length;
  }
  return keys;
}
