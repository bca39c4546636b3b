import { hashToken, parseToken } from "../../module.ts";
import { challengeToken } from "./hold-sign-in.ts";
import { linkToken } from "./issue.ts";
import { challengeGone, linkGone, type VerificationEnvironment } from "./verification-environment.ts";
import { findByChallenge, findByLink } from "./verification-statements.ts";

/** A row that waits to be confirmed. */
export type PendingVerification = Awaited<ReturnType<typeof findWaiting>>;

/** By the token of a sign-in that waits. @throws AuthError `emailVerification.challenge_gone` */
export async function findWaiting({ database, clock }: VerificationEnvironment, pendingToken: string) {
  const challengeHash = digestOf(challengeToken, pendingToken);
  const now = clock.now();
  const found = challengeHash && (await database.maybeOne(findByChallenge, { challengeHash, now }));
  if (found === null) throw challengeGone();
  return found;
}

/** By a link. @throws AuthError `emailVerification.link_gone` */
export async function findLinked(
  { database, clock }: VerificationEnvironment,
  token: string,
): Promise<PendingVerification> {
  const linkHash = digestOf(linkToken, token);
  const found = linkHash && (await database.maybeOne(findByLink, { linkHash, now: clock.now() }));
  if (found === null) throw linkGone();
  return found;
}

/** Whether a browser that opened a link holds the sign-in that the link was mailed for, and that still waits. */
export function isHeldBy(
  { challengeHash, challengeExpiresAt }: PendingVerification,
  { pendingToken, now }: { readonly pendingToken: string | undefined; readonly now: Date },
): boolean {
  if (challengeHash === null || challengeExpiresAt === null || challengeExpiresAt <= now) return false;
  const presented = digestOf(challengeToken, pendingToken);
  // Of digests: nothing of the token can be learned from how long it takes.
  return presented !== null && Buffer.from(presented).equals(Buffer.from(challengeHash));
}

function digestOf(kind: string, value: unknown): Uint8Array | null {
  const token = parseToken(value);
  return token === null ? null : hashToken(kind, token);
}
