import {
  addSeconds,
  createToken,
  readEmailAddress,
  type ProvenUser,
  type SignUpDraft,
  type StepRequest,
  type TransactionScript,
  type User,
} from "../../module.ts";
import { issueVerification, type Waiting } from "./issue.ts";
import type { VerificationEnvironment } from "./verification-environment.ts";
import { holdOwner } from "./verification-statements.ts";

/** What tokens of sign-ins that wait are digested with. */
export const challengeToken = "email-verification-challenge";

/** Stands before every session: a user whose address is not verified is asked to show that it is theirs. */
export function requireVerified(
  environment: VerificationEnvironment,
  { user, method, passed, isNew }: ProvenUser,
): TransactionScript<StepRequest | null> {
  return function* (tx) {
    if (user.emailVerifiedAt !== null) return null;
    const now = environment.clock.now();
    const { step, waiting } = openChallenge(environment, { now, method, passed });
    const address = ownAddress(user);
    // Held already: asked all the same, as for an address that is taken, so that the time does not tell them apart.
    if (isNew) yield* tx.maybeOne(holdOwner, { canonical: address.canonical });
    yield* issueVerification(environment, { tx, now, ...address, waiting });
    return step;
  };
}

/**
 * Answers a sign-up for an address that has an account, as one for a free address is answered; the account's owner is
 * told. The same is written, and what is asked for can never be given.
 */
export function hideTaken(
  environment: VerificationEnvironment,
  draft: SignUpDraft,
): TransactionScript<StepRequest | null> {
  const { clock, recordEvent } = environment;
  return function* (tx) {
    const user = yield* tx.maybeOne(holdOwner, { canonical: draft.emailCanonical });
    // Gone in this instant: the address is free, and the next sign-up will have it.
    if (user === null) return null;
    const now = clock.now();
    const { step, waiting } = openChallenge(environment, { now, method: "password", passed: [] });
    const address = { ...ownAddress(user), purpose: "taken" as const };
    const { client } = draft;
    const type = "emailVerification.address_taken";
    const besides = [recordEvent({ type, userId: user.id, occurredAt: now, client })];
    yield* issueVerification(environment, { tx, now, ...address, waiting, besides });
    return step;
  };
}

/** The user's address, to be verified. */
export function ownAddress({ id, email }: Pick<User, "id" | "email">) {
  const { canonical } = readEmailAddress(email)!;
  return { userId: id, purpose: "verify", email, canonical, sessionId: null, takenBy: null } as const;
}

function openChallenge(
  { random, settings }: VerificationEnvironment,
  { now, method, passed }: { readonly now: Date } & Pick<Waiting, "method" | "passed">,
): { readonly step: StepRequest; readonly waiting: Waiting } {
  const { token, tokenHash: challengeHash } = createToken(challengeToken, random);
  const expiresAt = addSeconds(now, settings.pendingSeconds);
  return {
    step: { methods: ["emailCode", "link"], token, expiresAt },
    waiting: { challengeHash, challengeExpiresAt: expiresAt, method, passed, attempts: 0, sent: 0 },
  };
}
