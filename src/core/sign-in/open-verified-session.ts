import { createToken } from "../../crypto/token.ts";
import type { TransactionScript } from "../../database/script.ts";
import type { Call } from "../../database/statements/statement.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { replaceCredential } from "../credentials/credential-statements.ts";
import { insertDevice, touchDevice } from "../devices/device-statements.ts";
import { recordEvent } from "../events/event-statements.ts";
import { withKnownOutcome } from "../known-outcome.ts";
import { confirmationKey } from "../lockout/attempt-key.ts";
import { clearAttempts } from "../lockout/attempt-statements.ts";
import type { NewSession } from "../session.ts";
import { createSession, type CreatedSession } from "../sessions/new-session.ts";
import { deleteOldestSessions, findCurrentSessionById } from "../sessions/session-statements.ts";
import type { User } from "../user.ts";
import { lockUser } from "../users/user-statements.ts";
import type { SignInAttempt } from "./sign-in-attempt.ts";
import { openSession } from "./sign-in-statements.ts";

/** An account whose password was just verified. */
export interface VerifiedAccount extends User {
  readonly passwordHash: string;
  readonly deviceId: string | null;
  /** The hash is right but made by other rules than today's. */
  readonly outdated: boolean;
}

interface VerifiedSignIn {
  readonly attempt: SignInAttempt;
  readonly account: VerifiedAccount;
  readonly reservedKey: string;
}

/** Session, device, event and the attempt given back, in one step; `null` if the account changed meanwhile. */
export async function openVerifiedSession(
  environment: CoreEnvironment,
  signIn: VerifiedSignIn,
): Promise<NewSession | null> {
  const { database, clock, newId, session: settings } = environment;
  const { passwordHash, deviceId, outdated, ...user } = signIn.account;
  const now = clock.now();
  const created = createSession(environment, { userId: user.id, now, client: signIn.attempt.client });
  const device = deviceOf(environment, { signIn, now });
  const head = openSession.with({ ...created.session, tokenHash: created.tokenHash, passwordHash });
  const event = recordEvent({
    id: newId(now),
    type: "sign_in.succeeded",
    userId: user.id,
    occurredAt: now,
    client: signIn.attempt.client,
    sessionId: created.session.id,
    data: { method: "password", knownDevice: deviceId !== null },
  });
  const rest = [giveBack(signIn), event, device.call];
  const script = openingScript({ head, rest, created, maxPerUser: settings.maxPerUser });
  const isThere = async () =>
    (await database.maybeOne(findCurrentSessionById, { id: created.session.id })) !== null || null;
  const opened = await withKnownOutcome(
    async () =>
      (await database.transaction(script, { singleStep: settings.maxPerUser === null })) || isThere(),
    isThere,
  );
  if (!opened) return null;
  if (outdated) await rehash(environment, signIn);
  return { user, session: created.session, token: created.token, deviceToken: device.token };
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

/** A known device stays what it is; another browser becomes known. */
function deviceOf(
  { random, newId }: CoreEnvironment,
  { signIn, now }: { readonly signIn: VerifiedSignIn; readonly now: Date },
): { readonly token: string; readonly call: Call<unknown> } {
  const { attempt, account } = signIn;
  if (attempt.device && account.deviceId !== null) {
    return { token: attempt.device.token, call: touchDevice.with({ id: account.deviceId, lastSeenAt: now }) };
  }
  const { token, tokenHash } = createToken("device", random);
  const id = newId(now);
  return {
    token,
    call: insertDevice.with({ id, userId: account.id, tokenHash, createdAt: now, lastSeenAt: now }),
  };
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
