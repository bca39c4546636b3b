import type { CoreEnvironment } from "../core-environment.ts";
import { readClientDetails } from "../input/client-details.ts";
import { parsePasswordInput } from "../input/password-input.ts";
import type { RequestContext } from "../request-context.ts";
import { eraseUser } from "../users/erase-user.ts";
import { withKnownOutcome } from "../known-outcome.ts";
import { findUser } from "../users/user-statements.ts";
import { confirmPassword, requireConfirming, wrongPassword } from "./confirm-password.ts";
import { lockConfirmed } from "./credential-statements.ts";

export interface DeleteUserInput {
  /** The token of the session that asks. */
  readonly token: string;
  readonly password: string;
}

/**
 * Removes the account of somebody who gives its password, with its sessions and devices. Its events stay.
 *
 * @throws AuthError `unauthenticated`, `invalid_credentials`, `too_many_requests`, `invalid_input`, `overloaded`
 */
export async function deleteOwnUser(
  environment: CoreEnvironment,
  { input, context }: { readonly input: DeleteUserInput; readonly context: RequestContext | undefined },
): Promise<void> {
  const password = parsePasswordInput(input.password, "password");
  const client = readClientDetails(context);
  const confirming = await requireConfirming(environment, input.token);
  await environment.hooks.attempted({ action: "confirmPassword", client, account: confirming.id });
  const {
    id: userId,
    sessionId,
    passwordHash,
  } = await confirmPassword(environment, {
    confirming,
    password,
    client,
  });
  const erase = eraseUser(environment, { client, sessionId, by: "user" });
  const { database } = environment;
  const isGone = async () => (await database.maybeOne(findUser, { id: userId })) === null || null;
  await withKnownOutcome(
    () =>
      database.transaction(function* (tx) {
        const user = yield* tx.maybeOne(lockConfirmed, { sessionId, userId, passwordHash });
        if (user !== null) yield* erase(tx, user);
        // Gone already: this is the second run, and the first one's commit was lost from sight.
        else if ((yield* tx.maybeOne(findUser, { id: userId })) !== null) throw wrongPassword();
        return true;
      }),
    isGone,
  );
}
