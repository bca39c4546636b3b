import type { Script, Transaction, TransactionScript } from "../../database/script.ts";
import type { Call } from "../../database/statements/statement.ts";
import { isUuid } from "../../ids.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { tellOfChange } from "../hooks.ts";
import { unknownClient, type ClientDetails } from "../input/client-details.ts";
import { parseEmailAddress, type EmailAddress } from "../input/email-address.ts";
import { parsePlainText } from "../input/plain-text.ts";
import { deleteOtherSessions, deleteSessionsOfUser } from "../sessions/session-statements.ts";
import { maximumNameLength } from "../sign-up/prepare-sign-up.ts";
import { userExists } from "../sign-up/sign-up.ts";
import type { User } from "../user.ts";
import { changeEvent, onLockedUser, type LockedUser } from "./user-scripts.ts";
import { changeUserEmail, findUserByEmail, renameUser } from "./user-statements.ts";

export interface UpdateUserInput {
  readonly name?: string | null;
  /** A new address is unverified, and ends the user's sessions. */
  readonly email?: string;
  /** The one session that survives a new address. */
  readonly keepSessionId?: string;
}

interface Change {
  readonly now: Date;
  readonly email: EmailAddress;
  readonly verified: boolean;
}

/**
 * Changes name, address or both. The input is read when the script is made.
 * @throws AuthError `not_found`, `user_exists` (the transaction stays usable), `invalid_input`
 */
export function updateUserScript(
  environment: CoreEnvironment,
  { userId, changes }: { readonly userId: string; readonly changes: UpdateUserInput },
): TransactionScript<User> {
  const now = environment.clock.now();
  const email = changes.email === undefined ? null : parseEmailAddress(changes.email);
  const name =
    changes.name === undefined
      ? undefined
      : parsePlainText(changes.name, { path: "name", maxLength: maximumNameLength });
  const renamed = changeEvent(environment, { type: "user.updated", userId, now, data: { fields: ["name"] } });
  const moved = changeEvent(environment, { type: "user.email_changed", userId, now });
  const { hooks } = environment;
  return onLockedUser(userId, function* (tx, user) {
    const { emailCanonical, ...before } = user;
    let updated: User = before;
    if (name !== undefined && name !== before.name) {
      updated = yield* tx.one(renameUser, { id: userId, name, updatedAt: now });
      yield* tx.all([renamed]);
    }
    if (email !== null && (email.address !== before.email || email.canonical !== emailCanonical)) {
      updated = yield* changeEmail(tx, user, { now, email, verified: false });
      yield* tx.all([endSessions(userId, changes.keepSessionId), moved]);
      yield* tellOfChange(hooks, { user: { id: userId }, what: "email", client: unknownClient })(tx);
    }
    return updated;
  });
}

/** A new address, by whatever proof of it there is. */
export interface EmailReplacement {
  readonly userId: string;
  readonly email: string;
  readonly verified: boolean;
  readonly client: ClientDetails;
  readonly keepSessionId?: string | undefined;
}

/** @throws AuthError `not_found`, `user_exists` (the transaction stays usable), `invalid_input` */
export function changeEmailScript(
  environment: CoreEnvironment,
  { userId, verified, client, keepSessionId, ...input }: EmailReplacement,
): TransactionScript<User> {
  const now = environment.clock.now();
  const email = parseEmailAddress(input.email);
  const moved = changeEvent(environment, { type: "user.email_changed", userId, now, client });
  return onLockedUser(userId, function* (tx, user) {
    const updated = yield* changeEmail(tx, user, { now, email, verified });
    yield* tx.all([endSessions(userId, keepSessionId), moved]);
    yield* tellOfChange(environment.hooks, { user: { id: userId }, what: "email", client })(tx);
    return updated;
  });
}

/**
 * An address that is taken is found by looking. Only one taken in the same instant makes the UPDATE fail, and
 * the savepoint keeps that failure from the transaction around it.
 */
function* changeEmail(tx: Transaction, user: LockedUser, { now, email, verified }: Change): Script<User> {
  const owner = yield* tx.maybeOne(findUserByEmail, { emailCanonical: email.canonical });
  if (owner !== null && owner.id !== user.id) throw userExists();
  try {
    return yield* tx.transaction((inner) =>
      inner.one(changeUserEmail, {
        id: user.id,
        email: email.address,
        emailCanonical: email.canonical,
        emailVerifiedAt: verified ? now : null,
        updatedAt: now,
      }),
    );
  } catch (error) {
    const taken = yield* tx.maybeOne(findUserByEmail, { emailCanonical: email.canonical });
    throw taken !== null && taken.id !== user.id ? userExists() : error;
  }
}

function endSessions(userId: string, keepSessionId: string | undefined): Call<unknown> {
  return keepSessionId !== undefined && isUuid(keepSessionId)
    ? deleteOtherSessions.with({ userId, keepSessionId })
    : deleteSessionsOfUser.with({ userId });
}
