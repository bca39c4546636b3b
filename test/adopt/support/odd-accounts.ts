import type { TestHost } from "../../support/test-host.ts";
import { goTime, insertRows, type GoAccount } from "./go-accounts.ts";
import type { GoDatabase } from "./go-database.ts";

/** So many accounts of every kind that there is, with what hangs on them. What is odd about one follows from its number. */
export async function addOddAccounts(go: GoDatabase, count: number): Promise<readonly number[]> {
  const { host } = go;
  const ids = await go.add(...Array.from({ length: count }, (_, i) => oddAccount(i)));
  await addEvents(host, [...ids.flatMap(eventsOf), unknownAccount]);
  await insertRows(host, "sessions", every(5, ids).map(sessionRow));
  const codes = await insertRows(host, "referral_codes", every(7, ids).map(codeRow));
  await insertRows(
    host,
    "referral_relationships",
    codes.slice(1).map((code, i) => relationshipRow(code, ids[i + 1]!)),
  );
  await insertRows(host, "oauth_states", [
    { state: "s", csrf: "c", provider: "google", expires_at: goTime(600) },
  ]);
  // Gaps, as deleted accounts leave them.
  const gone = every(17, ids.slice(16));
  for (const table of ["user_security where user_id", "users where id"]) {
    await host.query(`delete from ${table} in (${gone.join(", ")})`);
  }
  return ids.filter((id) => !gone.includes(id));
}

const every = (step: number, ids: readonly number[]): number[] => ids.filter((_, i) => i % step === 0);

const oddities: readonly ((i: number) => Partial<GoAccount>)[] = [
  () => ({}),
  (i) => ({ email: `Mixed.Case${String(i)}@Example.COM` }),
  () => ({ suspended: true }),
  () => ({ active: false }),
  () => ({ verified: true, firstName: "Ann", lastName: "Ö'Example \u{1F600}" }),
  (i) => ({ passwordHash: null, provider: "google", providerId: `g${String(i)}`, verified: true }),
  (i) => ({ provider: "discord", providerId: `d${String(i)}`, avatarUrl: "https://example.com/a.png" }),
  () => ({ security: { attempts: 5, lockedUntil: goTime(900), updatedAt: goTime(-3) } }),
  () => ({ security: { secondFactor: true } }),
  () => ({ username: null, firstName: null, lastName: null, providerId: null, security: null }),
  () => ({ createdAt: "1969-07-20T20:17:40Z", updatedAt: "1999-12-31T23:59:59.999999999-11:00" }),
  () => ({ passwordHash: "plain text!" }),
  () => ({ active: null, verified: null, createdAt: null }),
];

function oddAccount(i: number): GoAccount {
  return { email: `user${String(i)}@example.com`, ...oddities[i % oddities.length]!(i) };
}

const unknownAccount: GoEvent = {
  type: "login_failed",
  description: "Login attempt for non-existent user",
  userId: null,
};

function eventsOf(userId: number, i: number): GoEvent[] {
  const signUp = { type: "user_signup", description: "User successfully registered", userId };
  if (i % 3 !== 0) return [signUp];
  return [signUp, { type: "login_success", userId }, { type: "account_locked", userId }];
}

const sessionRow = (userId: number): Record<string, unknown> => ({
  token: `token-${String(userId)}=`,
  user_id: userId,
  expires_at: goTime(86_400),
});

const codeRow = (userId: number): Record<string, unknown> => ({
  code: `CODE${String(userId)}`,
  generated_by: userId,
});

const relationshipRow = (code: number, userId: number): Record<string, unknown> => ({
  referrer_user_id: userId - 1,
  referred_user_id: userId,
  referral_code_id: code,
});

export interface GoEvent {
  readonly type: string;
  readonly userId: number | null;
  readonly description?: string | null;
  readonly ipAddress?: string | null;
  readonly userAgent?: string | null;
  readonly createdAt?: string | null;
}

/** Writes events as the Go library does. */
export async function addEvents(host: TestHost, events: readonly GoEvent[]): Promise<void> {
  const rows = events.map((event) => ({
    user_id: event.userId,
    event_type: event.type,
    description: event.description ?? null,
    ip_address: event.ipAddress ?? null,
    user_agent: event.userAgent ?? null,
    created_at: event.createdAt === undefined ? goTime() : event.createdAt,
  }));
  await insertRows(host, "security_events", rows);
}
