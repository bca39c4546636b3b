import type { CoreEnvironment } from "../core-environment.ts";
import { recordEvent } from "../events/event-statements.ts";
import { readClientDetails } from "../input/client-details.ts";
import { parsePasswordInput } from "../input/password-input.ts";
import type { RequestContext } from "../request-context.ts";
import type { CurrentSession } from "../session.ts";
import { toCurrentSession } from "../sessions/current-session.ts";
import { findCurrentSessionById, renewAuthentication } from "../sessions/session-statements.ts";
import { confirmPassword, requireConfirming, wrongPassword } from "./confirm-password.ts";

export interface ConfirmPasswordInput {
  /** The token of the session that asks. */
  readonly token: string;
  readonly password: string;
}

/**
 * Makes a session fresh again for somebody who gives the password: what asks for a recent proof of who they are may
 * be done from now on.
 *
 * @throws AuthError `unauthenticated`, `invalid_credentials`, `too_many_requests`, `invalid_input`, `overloaded`
 */
export async function confirmSession(
  environment: CoreEnvironment,
  { input, context }: { readonly input: ConfirmPasswordInput; readonly context: RequestContext | undefined },
): Promise<CurrentSession> {
  const { database, clock, newId, hooks } = environment;
  const password = parsePasswordInput(input.password, "password");
  const client = readClientDetails(context);
  const confirming = await requireConfirming(environment, input.token);
  await hooks.attempted({ action: "confirmPassword", client, account: confirming.id });
  const { id: userId, sessionId } = await confirmPassword(environment, { confirming, password, client });
  const now = clock.now();
  const event = recordEvent({
    id: newId(now),
    type: "password.confirmed",
    userId,
    occurredAt: now,
    client,
    sessionId,
  });
  const row = await database.transaction(function* (tx) {
    yield* tx.chain(renewAuthentication.with({ id: sessionId, now }), [event]);
    return yield* tx.maybeOne(findCurrentSessionById, { id: sessionId });
  });
  // The session was ended meanwhile.
  if (row === null) throw wrongPassword();
  return toCurrentSession(row);
}
