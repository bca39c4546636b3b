import type { Script, Transaction, TransactionScript } from "../../database/script.ts";
import type { JsonValue } from "../../database/statements/value-type.ts";
import { AuthError } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { recordEvent } from "../events/event-statements.ts";
import { tellOfChange } from "../hooks.ts";
import { unknownClient, type ClientDetails } from "../input/client-details.ts";
import { readEmailAddress } from "../input/email-address.ts";
import { accountKey, confirmationKey } from "../lockout/attempt-key.ts";
import { clearAttemptsOfUser } from "../lockout/attempt-statements.ts";
import type { SecurityEventType } from "../security-event.ts";
import { deleteSessionsOfUser } from "../sessions/session-statements.ts";
import { deleteCredential, setCredential } from "../credentials/credential-statements.ts";
import type { User } from "../user.ts";
import { eraseUser } from "./erase-user.ts";
import { disableUser, enableUser, lockUser, verifyUserEmail } from "./user-statements.ts";

export type LockedUser = User & { readonly emailCanonical: string };

/** Runs `change` on a user that is held, or throws `not_found`. */
export function onLockedUser<T>(
  userId: string,
  change: (tx: Transaction, user: LockedUser) => Script<T>,
): TransactionScript<T> {
  return function* (tx) {
    const user = isUuid(userId) ? yield* tx.maybeOne(lockUser, { id: userId }) : null;
    if (user === null) throw new AuthError("not_found", { message: "There is no such user" });
    return yield* change(tx, user);
  };
}

/** The event of a change, made by the application's own code unless a client is named. */
export function changeEvent(
  { newId }: CoreEnvironment,
  {
    type,
    userId,
    now,
    client = unknownClient,
    data = {},
  }: {
    readonly type: SecurityEventType;
    readonly userId: string;
    readonly now: Date;
    readonly client?: ClientDetails;
    readonly data?: { readonly [key: string]: JsonValue };
  },
) {
  return recordEvent({
    id: newId(now),
    type,
    userId,
    occurredAt: now,
    client,
    data,
  });
}

/** Sessions end after the user is held: a sign-in under way has written its session by then, or will find no user. */
export function disableScript(
  environment: CoreEnvironment,
  { userId, reason }: { readonly userId: string; readonly reason: string | null },
): TransactionScript<User> {
  const now = environment.clock.now();
  const event = changeEvent(environment, {
    type: "user.disabled",
    userId,
    now,
    data: reason === null ? {} : { reason },
  });
  return onLockedUser(userId, function* (tx) {
    const [[disabled]] = yield* tx.all([
      disableUser.with({ id: userId, reason, disabledAt: now }),
      deleteSessionsOfUser.with({ userId }),
      event,
    ]);
    yield* tellOfChange(environment.hooks, { user: { id: userId }, what: "disabled", client: unknownClient })(
      tx,
    );
    return disabled!;
  });
}

export function enableScript(environment: CoreEnvironment, userId: string): TransactionScript<User> {
  const now = environment.clock.now();
  const event = changeEvent(environment, { type: "user.enabled", userId, now });
  return onLockedUser(userId, function* (tx) {
    const [[enabled]] = yield* tx.all([enableUser.with({ id: userId, updatedAt: now }), event]);
    yield* tellOfChange(environment.hooks, { user: { id: userId }, what: "enabled", client: unknownClient })(
      tx,
    );
    return enabled!;
  });
}

export function unlockScript(environment: CoreEnvironment, userId: string): TransactionScript<void> {
  const event = changeEvent(environment, { type: "user.unlocked", userId, now: environment.clock.now() });
  return onLockedUser(userId, function* (tx, user) {
    yield* tx.all([clearAttemptsOfUser.with(attemptKeys(user)), event]);
  });
}

/** A change of somebody's password, or of the lack of one. */
export interface PasswordReplacement {
  readonly userId: string;
  /** `null`: the account has none from now on. */
  readonly passwordHash: string | null;
  readonly client?: ClientDetails;
}

/** Ends every session and forgets the failed attempts. */
export function setPasswordScript(
  environment: CoreEnvironment,
  { userId, passwordHash, client = unknownClient }: PasswordReplacement,
): TransactionScript<User> {
  const now = environment.clock.now();
  const type = passwordHash === null ? "password.removed" : "password.set";
  const event = changeEvent(environment, { type, userId, now, client });
  const credential =
    passwordHash === null
      ? deleteCredential.with({ userId })
      : setCredential.with({ userId, passwordHash, createdAt: now, updatedAt: now });
  return onLockedUser(userId, function* (tx, { emailCanonical, ...user }) {
    yield* tx.all([
      credential,
      deleteSessionsOfUser.with({ userId }),
      clearAttemptsOfUser.with(attemptKeys({ ...user, emailCanonical })),
      event,
    ]);
    yield* tellOfChange(environment.hooks, { user: { id: userId }, what: "password", client })(tx);
    return user;
  });
}

/** An address that somebody has just proved to be theirs. */
export interface ProvenAddress {
  readonly userId: string;
  readonly email: string;
  readonly client: ClientDetails;
}

/** False if the user has another address than the one that was proved, or is gone. */
export function verifyEmailScript(
  environment: CoreEnvironment,
  { userId, email, client }: ProvenAddress,
): TransactionScript<boolean> {
  const now = environment.clock.now();
  const event = changeEvent(environment, { type: "user.email_verified", userId, now, client });
  return function* (tx) {
    const user = isUuid(userId) ? yield* tx.maybeOne(lockUser, { id: userId }) : null;
    if (user === null || readEmailAddress(email)?.canonical !== user.emailCanonical) return false;
    if (user.emailVerifiedAt !== null) return true;
    yield* tx.all([verifyUserEmail.with({ id: userId, verifiedAt: now }), event]);
    yield* tellOfChange(environment.hooks, { user: { id: userId }, what: "emailVerified", client })(tx);
    return true;
  };
}

/** False if there was no such user. */
export function deleteScript(environment: CoreEnvironment, userId: string): TransactionScript<boolean> {
  const erase = eraseUser(environment, { client: unknownClient, sessionId: null, by: "application" });
  return function* (tx) {
    const user = isUuid(userId) ? yield* tx.maybeOne(lockUser, { id: userId }) : null;
    if (user === null) return false;
    yield* erase(tx, user);
    return true;
  };
}

function attemptKeys({ id, emailCanonical }: LockedUser) {
  return {
    userId: id,
    accountKey: accountKey({ canonical: emailCanonical }),
    confirmationKey: confirmationKey(id),
  };
}
