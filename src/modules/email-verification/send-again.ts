import {
  AuthError,
  readClientDetails,
  readEmailAddress,
  type ClientDetails,
  type RequestContext,
} from "../../module.ts";
import { findWaiting, type PendingVerification } from "./find-pending.ts";
import { ownAddress } from "./hold-sign-in.ts";
import { issueVerification } from "./issue.ts";
import type { VerificationTarget } from "./verification-api.ts";
import { challengeGone, tooManyMails, type VerificationEnvironment } from "./verification-environment.ts";
import { takeVerification } from "./verification-statements.ts";

interface Sending {
  readonly target: VerificationTarget;
  readonly context: RequestContext | undefined;
}

/** @throws AuthError `emailVerification.challenge_gone`, `emailVerification.already_verified`, `not_found`, `too_many_requests` */
export async function sendAgain(
  environment: VerificationEnvironment,
  { target, context }: Sending,
): Promise<void> {
  const client = readClientDetails(context);
  if ("userId" in target) return sendToUser(environment, { userId: target.userId, client });
  const found = await findWaiting(environment, target.pendingToken);
  const account = found.canonical;
  await environment.attempt({ action: "emailVerification.send", client, account });
  return replace(environment, found);
}

/** The codes that were tried for the sign-in count on: a new mail gives no new guesses (TK-05). */
async function replace(environment: VerificationEnvironment, found: PendingVerification): Promise<void> {
  const { database, clock, accounts, settings } = environment;
  const { userId, linkHash, sent, method, passed } = found;
  if (sent >= settings.mailsPerChallenge) throw tooManyMails(settings.pendingSeconds);
  await database.transaction(function* (tx) {
    const now = clock.now();
    const user = yield* accounts.hold(userId)(tx);
    const taken = yield* tx.maybeOne(takeVerification, { linkHash, now });
    if (user === null || taken === null || taken.attempts >= settings.attempts) throw challengeGone();
    const waiting = {
      challengeHash: found.challengeHash!,
      challengeExpiresAt: found.challengeExpiresAt!,
      method: method!,
      passed: passed as readonly string[],
      attempts: taken.attempts,
      sent,
    };
    const purpose = found.purpose === "taken" ? "taken" : "verify";
    const address = { ...ownAddress(user), purpose } as const;
    const mailed = yield* issueVerification(environment, { tx, now, ...address, waiting });
    if (!mailed) throw tooManyMails(3600);
  });
}

async function sendToUser(
  environment: VerificationEnvironment,
  { userId, client }: { readonly userId: string; readonly client: ClientDetails },
): Promise<void> {
  const { database, clock, accounts, users } = environment;
  const found = await users.get(userId);
  if (found === null) throw notFound();
  const account = readEmailAddress(found.email)!.canonical;
  await environment.attempt({ action: "emailVerification.send", client, account });
  await database.transaction(function* (tx) {
    const user = yield* accounts.hold(userId)(tx);
    if (user === null) throw notFound();
    if (user.emailVerifiedAt !== null) throw alreadyVerified();
    const now = clock.now();
    const mailed = yield* issueVerification(environment, { tx, now, ...ownAddress(user), waiting: null });
    if (!mailed) throw tooManyMails(3600);
  });
}

function notFound(): AuthError {
  return new AuthError("not_found", { message: "There is no such user" });
}

function alreadyVerified(): AuthError {
  return new AuthError("emailVerification.already_verified", {
    message: "The address of this account is verified already.",
  });
}
