import type { TransactionScript } from "../../database/script.ts";
import type { Call } from "../../database/statements/statement.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { replaceCredential } from "../credentials/credential-statements.ts";
import { recordEvent } from "../events/event-statements.ts";
import { withKnownOutcome, withRepetition } from "../known-outcome.ts";
import { isAuthError } from "../../errors.ts";
import type { PendingSignIn } from "../pending.ts";
import { confirmationKey } from "../lockout/attempt-key.ts";
import { clearAttempts } from "../lockout/attempt-statements.ts";
import type { NewSession, Session } from "../session.ts";
import { createSession, type CreatedSession } from "../sessions/new-session.ts";
import { deleteOldestSessions, findCurrentSessionById } from "../sessions/session-statements.ts";
import type { User } from "../user.ts";
import { lockUser } from "../users/user-statements.ts";
import { createDevice, markDevice } from "./mark-device.ts";
import { failedSignIn } from "./record-failed-sign-in.ts";
import type { Account } from "./reserve-sign-in.ts";
import type { SignInAttempt } from "./sign-in-attempt.ts";
import { openSession } from "./sign-in-statements.ts";
import { enter, type WayIn } from "./way-in.ts";

/** An account whose password was just verified. */
export interface VerifiedAccount extends Account {
  readonly passwordHash: string;
}

interface VerifiedSignIn {
  readonly attempt: SignInAttempt;
  readonly account: VerifiedAccount;
  /** The hash is right but made by other rules than today's. */
  readonly outdated: boolean;
  readonly reservedKey: string;
}

/**
 * Session, device, event and the attempt given back, in one transaction; `null` if the account changed meanwhile.
 * @throws AuthError what modules refuse
 */
export async function openVerifiedSession(
  environment: CoreEnvironment,
  signIn: VerifiedSignIn,
): Promise<NewSession | PendingSignIn | null> {
  const { gates, sessionOpened } = environment.hooks;
  const alone = gates.length === 0 && sessionOpened.length === 0;
  const opened = await (alone ? openAtOnce(environment, signIn) : openByGates(environment, signIn));
  if (opened !== null && signIn.outdated) await rehash(environment, signIn);
  return opened;
}

/** Nobody else takes part: one step. */
async function openAtOnce(environment: CoreEnvironment, signIn: VerifiedSignIn): Promise<NewSession | null> {
  const { database, clock, session: settings } = environment;
  const { attempt, account } = signIn;
  const now = clock.now();
  const created = createSession(environment, { userId: account.id, now, client: attempt.client });
  const { session } = created;
  const fresh = createDevice(environment, now);
  const device = markDevice({ presented: attempt.device, fresh, account, now });
  const head = openingOf(created, account);
  const rest = [giveBack(signIn), successEvent(environment, { signIn, session }), ...device.calls];
  const script = openingScript({ head, rest, created, maxPerUser: settings.maxPerUser });
  const isThere = async () =>
    (await database.maybeOne(findCurrentSessionById, { id: session.id })) !== null || null;
  const opened = await withKnownOutcome(
    async () =>
      (await database.transaction(script, { singleStep: settings.maxPerUser === null })) || isThere(),
    isThere,
  );
  if (!opened) return null;
  return { user: userOf(account), session, token: created.token, deviceToken: device.token };
}

/** Others may ask for a step, or refuse; the right password gives the attempt back all the same. */
async function openByGates(
  environment: CoreEnvironment,
  signIn: VerifiedSignIn,
): Promise<NewSession | PendingSignIn | null> {
  const { database, clock } = environment;
  const { attempt, account } = signIn;
  const { client, device, cookies } = attempt;
  const now = clock.now();
  const created = createSession(environment, { userId: account.id, now, client });
  const wayIn: WayIn = {
    userId: account.id,
    method: "password",
    client,
    device,
    cookies,
    passed: [],
    passwordHash: account.passwordHash,
    created,
    fresh: createDevice(environment, now),
    proof: null,
    script: null,
    outcome: [giveBack(signIn)],
  };
  try {
    return await withRepetition(() => enter(environment, wayIn));
  } catch (error) {
    if (isAuthError(error) && error.code.includes(".")) {
      const failure = { attempt, account, reason: "refused", code: error.code, lockedUntil: null } as const;
      const event = failedSignIn(environment, failure);
      await database.transaction((tx) => tx.all([giveBack(signIn), event]), { singleStep: true });
    }
    throw error;
  }
}

function userOf({ id, email, name, emailVerifiedAt, disabledAt, createdAt, updatedAt }: Account): User {
  return { id, email, name, emailVerifiedAt, disabledAt, createdAt, updatedAt };
}

function openingOf({ session, tokenHash }: CreatedSession, { passwordHash }: VerifiedAccount) {
  const { id, userId, createdAt: now, expiresAt, absoluteExpiresAt, ipAddress, userAgent } = session;
  return openSession.with({
    id,
    userId,
    tokenHash,
    now,
    expiresAt,
    absoluteExpiresAt,
    ipAddress,
    userAgent,
    passwordHash,
  });
}

function successEvent(
  { newId }: CoreEnvironment,
  { signIn, session }: { readonly signIn: VerifiedSignIn; readonly session: Session },
): Call<unknown> {
  const { id: sessionId, userId, createdAt: occurredAt } = session;
  return recordEvent({
    id: newId(occurredAt),
    type: "sign_in.succeeded",
    userId,
    occurredAt,
    client: signIn.attempt.client,
    sessionId,
    data: { method: "password", knownDevice: signIn.account.deviceId !== null },
  });
}

interface Opening {
  readonly head: Call<{ id: string }>;
  readonly rest: readonly Call<unknown>[];
  readonly created: CreatedSession;
  readonly maxPerUser: number | null;
}

/** One step; with a cap on sessions, the user is held first, so that sign-ins of one user are counted in turn. */
function openingScript({ head, rest, created, maxPerUser }: Opening): TransactionScript<boolean> {
  const { id, userId } = created.session;
  return function* (tx) {
    if (maxPerUser === null) return (yield* tx.chain(head, rest)) !== null;
    yield* tx.maybeOne(lockUser, { id: userId });
    if ((yield* tx.chain(head, rest)) === null) return false;
    yield* tx.many(deleteOldestSessions, { userId, keepSessionId: id, others: maxPerUser - 1 });
    return true;
  };
}

function giveBack({ attempt, account, reservedKey }: VerifiedSignIn): Call<unknown> {
  return clearAttempts.with({
    reservedKey,
    accountKey: attempt.accountKey,
    confirmationKey: confirmationKey(account.id),
  });
}

/**
 * Brings the hash up to today's rules, unless the password was changed meanwhile. The user is signed in
 * already: a failure here waits for the next time.
 */
async function rehash(
  { database, clock, hasher, report }: CoreEnvironment,
  { attempt, account }: VerifiedSignIn,
): Promise<void> {
  try {
    await database.run(replaceCredential, {
      userId: account.id,
      oldPasswordHash: account.passwordHash,
      newPasswordHash: await hasher.hash(attempt.password),
      updatedAt: clock.now(),
    });
  } catch (cause) {
    report({ event: "password_rehash_failed", cause });
  }
}
