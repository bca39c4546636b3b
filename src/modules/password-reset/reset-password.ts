import {
  hashToken,
  parseToken,
  readClientDetails,
  type PreparedPassword,
  type RequestContext,
} from "../../module.ts";
import { linkGone, type ResetEnvironment } from "./reset-environment.ts";
import { findReset, takeReset } from "./reset-statements.ts";

export interface ResetInput {
  /** From the link. */
  readonly token: string;
  readonly password: string;
}

/**
 * Sets a new password by a link that was mailed. The link is spent in the transaction that changes the password; every
 * session ends, and none begins: who has a second factor is asked for it at the next sign-in. The address is verified by it.
 *
 * @throws AuthError `passwordReset.link_gone`, `password_rejected`, `invalid_input`, `overloaded`, `too_many_requests`
 */
export async function resetPassword(
  environment: ResetEnvironment,
  { input, context }: { readonly input: ResetInput; readonly context: RequestContext | undefined },
): Promise<void> {
  const { database, clock, accounts } = environment;
  const client = readClientDetails(context);
  await environment.attempt({ action: "passwordReset.reset", client, account: null });
  const token = parseToken(input.token);
  const tokenHash = token === null ? null : hashToken("password-reset", token);
  // Looked at first, so that nothing is hashed for a link that is worth nothing.
  const found = tokenHash && (await database.maybeOne(findReset, { tokenHash, now: clock.now() }));
  if (tokenHash === null || found === null) throw linkGone();
  const password = await accounts.preparePassword(input.password, { email: found.email });
  await spend(environment, { tokenHash, password, context });
}

async function spend(
  { database, clock, accounts, mails, newId, recordEvent }: ResetEnvironment,
  {
    tokenHash,
    password,
    context,
  }: {
    readonly tokenHash: Uint8Array;
    readonly password: PreparedPassword;
    readonly context: RequestContext | undefined;
  },
): Promise<void> {
  const client = readClientDetails(context);
  await database.transaction(function* (tx) {
    const now = clock.now();
    const taken = yield* tx.maybeOne(takeReset, { tokenHash, now });
    if (taken === null) throw linkGone();
    const { userId, email } = taken;
    const user = yield* accounts.hold(userId)(tx);
    if (user === null || user.disabledAt !== null) throw linkGone();
    yield* accounts.setPassword({ userId, password, client })(tx);
    yield* accounts.markEmailVerified({ userId, email, client })(tx);
    const mail = { data: {}, to: user.email, userId, idempotencyKey: newId(now), occurredAt: now };
    yield* tx.all([
      recordEvent({ type: "passwordReset.done", userId, occurredAt: now, client }),
      mails.notice.queue(mail),
    ]);
  });
}
