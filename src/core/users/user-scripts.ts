import type { Script, Transaction, TransactionScript } from "../../database/script.ts";
import type { JsonValue } from "../../database/statements/value-type.ts";
import { AuthError } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { recordEvent } from "../events/event-statements.ts";
import { unknownClient } from "../input/client-details.ts";
import { accountKey, confirmationKey } from "../lockout/attempt-key.ts";
import { clearAttemptsOfUser } from "../lockout/attempt-statements.ts";
import type { SecurityEventType } from "../security-event.ts";
import { deleteSessionsOfUser } from "../sessions/session-statements.ts";
import { setCredential } from "../credentials/credential-statements.ts";
import type { User } from "../user.ts";
import { eraseUser } from "./erase-user.ts";
import { disableUser, enableUser, lockUser } from "./user-statements.ts";

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

/** The event of a change that the application's own code made. */
export function changeEvent(
  { newId }: CoreEnvironment,
  {
    type,
    userId,
    now,
    data = {},
  }: {
    readonly type: SecurityEventType;
    readonly userId: string;
    readonly now: Date;
    readonly data?: { readonly [key: string]: JsonValue };
  },
) {
  return recordEvent({
    id: newId(now),
    type,
    userId,
    occurredAt: now,
    client: unknownClient,
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
    return disabled!;
  });
}

export function enableScript(environment: CoreEnvironment, userId: string): TransactionScript<User> {
  const now = environment.clock.now();
  const event = changeEvent(environment, { type: "user.enabled", userId, now });
  return onLockedUser(userId, function* (tx) {
    const [[enabled]] = yield* tx.all([enableUser.with({ id: userId, updatedAt: now }), event]);
    return enabled!;
  });
}

export function unlockScript(environment: CoreEnvironment, userId: string): TransactionScript<void> {
  const event = changeEvent(environment, { type: "user.unlocked", userId, now: environment.clock.now() });
  return onLockedUser(userId, function* (tx, user) {
    yield* tx.all([clearAttemptsOfUser.with(attemptKeys(user)), event]);
  });
}

export function setPasswordScript(
  environment: CoreEnvironment,
  { userId, passwordHash }: { readonly userId: string; readonly passwordHash: string },
): TransactionScript<User> {
  const now = environment.clock.now();
  const event = changeEvent(environment, { type: "password.set", userId, now });
  return onLockedUser(userId, function* (tx, { emailCanonical, ...user }) {
    yield* tx.all([
      setCredential.with({ userId, passwordHash, createdAt: now, updatedAt: now }),
      deleteSessionsOfUser.with({ userId }),
      clearAttemptsOfUser.with(attemptKeys({ ...user, emailCanonical })),
      event,
    ]);
    return user;
  });
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
