import { readClientDetails, type RequestContext } from "../../module.ts";
import { findWaiting, type PendingVerification } from "./find-pending.ts";
import { placeOf } from "./issue.ts";
import type { Confirmation } from "./verification-api.ts";
import { challengeGone, codeWrong, type VerificationEnvironment } from "./verification-environment.ts";
import { countAttempt, findByUser } from "./verification-statements.ts";

type ByCode = Extract<Confirmation, { code: string }>;

/**
 * Counts a code, and looks whether it is the one that was mailed for this sign-in, or to this user.
 * @throws AuthError `emailVerification.code_wrong`, `emailVerification.challenge_gone`, `too_many_requests`
 */
export async function verifyCode(
  environment: VerificationEnvironment,
  { confirmation, context }: { readonly confirmation: ByCode; readonly context: RequestContext | undefined },
): Promise<PendingVerification> {
  const { database, settings } = environment;
  const found = await findFor(environment, confirmation);
  const client = readClientDetails(context);
  await environment.attempt({ action: "emailVerification.confirm", client, account: found.canonical });
  const { linkHash } = found;
  const counted = await database.maybeOne(countAttempt, { linkHash, limit: settings.attempts });
  if (counted === null) throw found.challengeHash === null ? codeWrong() : challengeGone();
  if (isRight(environment, { found, code: confirmation.code })) return found;
  await recordFailure(environment, { found, context });
  throw codeWrong();
}

async function findFor(
  environment: VerificationEnvironment,
  confirmation: ByCode,
): Promise<PendingVerification> {
  if ("pendingToken" in confirmation) return findWaiting(environment, confirmation.pendingToken);
  const { userId } = confirmation;
  const now = environment.clock.now();
  const found = await environment.database.maybeOne(findByUser, { userId, now });
  if (found === null) throw codeWrong();
  return found;
}

function isRight(
  { clock, codes }: VerificationEnvironment,
  { found, code }: { readonly found: PendingVerification; readonly code: string },
): boolean {
  const { purpose, sealedCode, codeExpiresAt, linkHash } = found;
  if (purpose === "taken" || sealedCode === null || codeExpiresAt === null) return false;
  if (codeExpiresAt <= clock.now()) return false;
  // The tries are counted and the code is gone with the last: there is no time to learn anything from.
  return codes.open(sealedCode, placeOf(linkHash)) === code.replaceAll(/\s/g, "");
}

async function recordFailure(
  { database, clock, recordEvent }: VerificationEnvironment,
  { found, context }: { readonly found: PendingVerification; readonly context: RequestContext | undefined },
): Promise<void> {
  const event = recordEvent({
    type: "emailVerification.failed",
    userId: found.userId,
    occurredAt: clock.now(),
    client: readClientDetails(context),
  });
  await database.transaction((tx) => tx.all([event]), { singleStep: true });
}
