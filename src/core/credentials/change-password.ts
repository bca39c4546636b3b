import type { TransactionScript } from "../../database/script.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { recordEvent } from "../events/event-statements.ts";
import { tellOfChange } from "../hooks.ts";
import { readClientDetails, type ClientDetails } from "../input/client-details.ts";
import { parsePasswordInput, requireString } from "../input/password-input.ts";
import { withKnownOutcome } from "../known-outcome.ts";
import { accountKey, confirmationKey } from "../lockout/attempt-key.ts";
import { clearAttemptsOfUser } from "../lockout/attempt-statements.ts";
import type { RequestContext } from "../request-context.ts";
import type { CurrentSession } from "../session.ts";
import { assertFresh } from "../sessions/freshness.ts";
import { createSession, type CreatedSession } from "../sessions/new-session.ts";
import {
  deleteSessionsOfUser,
  findCurrentSessionById,
  insertSession,
} from "../sessions/session-statements.ts";
import { confirmPassword, requireConfirming, wrongPassword, type Confirmed } from "./confirm-password.ts";
import { lockConfirmed, replaceCredential } from "./credential-statements.ts";

export interface ChangePasswordInput {
  /** The token of the session that asks. */
  readonly token: string;
  readonly currentPassword: string;
  readonly newPassword: string;
}

export interface ChangedPassword extends CurrentSession {
  /** Opens the session that replaces all others. */
  readonly token: string;
}

/**
 * Changes the password of somebody who signed in recently and gives the current one. Every session of the user
 * ends, the asking one too, and a new one begins, in the same transaction.
 *
 * @throws AuthError `unauthenticated`, `session_not_fresh`, `invalid_credentials`, `too_many_requests`,
 *   `password_rejected`, `invalid_input`, `overloaded`
 */
export async function changePassword(
  environment: CoreEnvironment,
  { input, context }: { readonly input: ChangePasswordInput; readonly context: RequestContext | undefined },
): Promise<ChangedPassword> {
  const { clock, hasher, passwordPolicy, database, hooks } = environment;
  const currentPassword = parsePasswordInput(input.currentPassword, "currentPassword");
  const newPassword = requireString(input.newPassword, "newPassword");
  const client = readClientDetails(context);
  const confirming = await requireConfirming(environment, input.token);
  assertFresh(environment, confirming.authenticatedAt);
  await hooks.attempted({ action: "confirmPassword", client, account: confirming.id });
  await passwordPolicy.check(newPassword, { email: confirming.email });
  const confirmed = await confirmPassword(environment, { confirming, password: currentPassword, client });
  const newPasswordHash = await hasher.hash(newPassword);
  const created = createSession(environment, { userId: confirmed.id, now: clock.now(), client });
  const script = changeScript(environment, { confirmed, newPasswordHash, created, client });
  await withKnownOutcome(
    () => database.transaction(script),
    async () => (await database.maybeOne(findCurrentSessionById, { id: created.session.id })) && true,
  );
  const { passwordHash: _, sessionId: __, authenticatedAt: ___, ...user } = confirmed;
  return { user, session: created.session, token: created.token };
}

interface Change {
  readonly confirmed: Confirmed;
  readonly newPasswordHash: string;
  readonly created: CreatedSession;
  readonly client: ClientDetails;
}

function changeScript(
  { newId, hooks }: CoreEnvironment,
  { confirmed, newPasswordHash, created, client }: Change,
): TransactionScript<true> {
  const { id: userId, sessionId, passwordHash } = confirmed;
  const now = created.session.createdAt;
  const event = recordEvent({
    id: newId(now),
    type: "password.changed",
    userId,
    occurredAt: now,
    client,
    sessionId: created.session.id,
  });
  return function* (tx) {
    const user = yield* tx.maybeOne(lockConfirmed, { sessionId, userId, passwordHash });
    if (user === null) {
      // Either the account changed meanwhile, or this is the second run and the first one's commit was lost from sight.
      if (yield* tx.maybeOne(findCurrentSessionById, { id: created.session.id })) return true;
      throw wrongPassword();
    }
    const keys = {
      accountKey: accountKey({ canonical: user.emailCanonical }),
      confirmationKey: confirmationKey(userId),
    };
    yield* tx.all([
      replaceCredential.with({ userId, oldPasswordHash: passwordHash, newPasswordHash, updatedAt: now }),
      deleteSessionsOfUser.with({ userId }),
      insertSession.with({ ...created.session, tokenHash: created.tokenHash }),
      clearAttemptsOfUser.with({ userId, ...keys }),
      event,
    ]);
    yield* tellOfChange(hooks, { user: { id: userId }, what: "password", client })(tx);
    return true;
  };
}
