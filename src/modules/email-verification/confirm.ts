import {
  isPending,
  readClientDetails,
  type ClientDetails,
  type RequestContext,
  type Script,
  type Transaction,
  type User,
} from "../../module.ts";
import { moveToNewAddress } from "./change-address.ts";
import { verifyCode } from "./verify-code.ts";
import { findLinked, isHeldBy, type PendingVerification } from "./find-pending.ts";
import type { Confirmation, Confirmed } from "./verification-api.ts";
import { challengeGone, linkGone, type VerificationEnvironment } from "./verification-environment.ts";
import { takeVerification } from "./verification-statements.ts";

interface Given<Proof extends Confirmation = Confirmation> {
  readonly confirmation: Proof;
  readonly context: RequestContext | undefined;
}

/**
 * Confirms an address by a link or a code, spent in the transaction that verifies the address or moves the account to it, and
 * opens the session of a sign-in that waited.
 *
 * @throws AuthError `emailVerification.code_wrong`, `emailVerification.link_gone`, `emailVerification.challenge_gone`,
 *   `user_exists`, `sign_in_refused`, `too_many_requests`
 */
export async function confirmAddress(
  environment: VerificationEnvironment,
  { confirmation, context }: Given,
): Promise<Confirmed> {
  if ("token" in confirmation) return confirmByLink(environment, { confirmation, context });
  const found = await verifyCode(environment, { confirmation, context });
  if ("pendingToken" in confirmation) return goOn(environment, { found, context });
  return confirmAlone(environment, { found, context });
}

async function confirmByLink(
  environment: VerificationEnvironment,
  { confirmation, context }: Given<Extract<Confirmation, { token: string }>>,
): Promise<Confirmed> {
  const { token, pendingToken } = confirmation;
  const client = readClientDetails(context);
  await environment.attempt({ action: "emailVerification.confirm", client, account: null });
  const found = await findLinked(environment, token);
  if (found.purpose !== "verify" && found.purpose !== "change") throw linkGone();
  const held = isHeldBy(found, { pendingToken, now: environment.clock.now() });
  return held ? goOn(environment, { found, context }) : confirmAlone(environment, { found, context });
}

interface Found {
  readonly found: PendingVerification;
  readonly context: RequestContext | undefined;
}

/** The sign-in that waited goes on; another module may ask for the next step. */
async function goOn(environment: VerificationEnvironment, { found, context }: Found): Promise<Confirmed> {
  const { accounts } = environment;
  const { userId, method, passed } = found;
  const client = readClientDetails(context);
  const signedIn = await accounts.openSession({
    userId,
    method: method!,
    context,
    passed: passed as readonly string[],
    script: (user) =>
      function* (tx) {
        yield* spend(environment, { tx, found, user, client });
      },
  });
  const user = isPending(signedIn) ? await environment.users.get(userId) : signedIn.user;
  if (user === null) throw challengeGone();
  return { user, signedIn };
}

async function confirmAlone(
  environment: VerificationEnvironment,
  { found, context }: Found,
): Promise<Confirmed> {
  const { database, accounts } = environment;
  const client = readClientDetails(context);
  const user = await database.transaction(function* (tx) {
    const held = yield* accounts.hold(found.userId)(tx);
    if (held === null || held.disabledAt !== null) throw linkGone();
    yield* spend(environment, { tx, found, user: held, client });
    return (yield* accounts.hold(found.userId)(tx))!;
  });
  return { user, signedIn: null };
}

interface Spending {
  readonly tx: Transaction;
  readonly found: PendingVerification;
  readonly user: User;
  readonly client: ClientDetails;
}

function* spend(environment: VerificationEnvironment, { tx, found, user, client }: Spending): Script<void> {
  const { clock, accounts } = environment;
  const { linkHash, userId, email } = found;
  const now = clock.now();
  if ((yield* tx.maybeOne(takeVerification, { linkHash, now })) === null) throw gone(found);
  if (found.purpose === "change") {
    yield* moveToNewAddress(environment, { tx, found, user, client });
    return;
  }
  if (!(yield* accounts.markEmailVerified({ userId, email, client })(tx))) throw gone(found);
}

function gone({ challengeHash }: PendingVerification) {
  return challengeHash === null ? linkGone() : challengeGone();
}
