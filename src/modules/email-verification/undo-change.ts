import { readClientDetails, type RequestContext } from "../../module.ts";
import { findLinked } from "./find-pending.ts";
import { linkGone, type VerificationEnvironment } from "./verification-environment.ts";
import { takeVerification, voidLaterUndo } from "./verification-statements.ts";

/**
 * Moves the account back to an earlier address and ends every session. Of changes that came after it none can be taken
 * back any more: their links went to addresses that the owner of this one may not know.
 *
 * @throws AuthError `emailVerification.link_gone`, `user_exists`, `too_many_requests`
 */
export async function undoChange(
  environment: VerificationEnvironment,
  { token, context }: { readonly token: string; readonly context: RequestContext | undefined },
): Promise<void> {
  const { database, clock, accounts, mails, newId, recordEvent } = environment;
  const client = readClientDetails(context);
  await environment.attempt({ action: "emailVerification.undo", client, account: null });
  const { purpose, linkHash, userId, email, createdAt } = await findLinked(environment, token);
  if (purpose !== "undo") throw linkGone();
  await database.transaction(function* (tx) {
    const now = clock.now();
    const user = yield* accounts.hold(userId)(tx);
    if (user === null) throw linkGone();
    if ((yield* tx.maybeOne(takeVerification, { linkHash, now })) === null) throw linkGone();
    yield* accounts.changeEmail({ userId, email, verified: true, client })(tx);
    yield* tx.run(voidLaterUndo, { userId, createdAt, now });
    const mail = { data: {}, to: user.email, userId, idempotencyKey: newId(now), occurredAt: now };
    yield* tx.all([
      recordEvent({ type: "emailVerification.change_undone", userId, occurredAt: now, client }),
      mails.restored.queue(mail),
    ]);
  });
}
