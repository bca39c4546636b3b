import {
  addSeconds,
  createToken,
  type ProvenUser,
  type Script,
  type StepRequest,
  type Transaction,
  type TransactionScript,
} from "../../module.ts";
import type { CodeKind, FactorKind } from "./two-factor-api.ts";
import type { TwoFactorEnvironment } from "./two-factor-environment.ts";
import { findTrust, insertChallenge, listFactors } from "./two-factor-statements.ts";

/** What tokens of challenges are digested with. */
export const challengeToken = "two-factor";

/**
 * Stands before every session: a user with a second factor is asked for it, however the first step was made. Not in a
 * browser that the user chose to trust.
 */
export function requireSecondStep(
  environment: TwoFactorEnvironment,
  proven: ProvenUser,
): TransactionScript<StepRequest | null> {
  return function* (tx) {
    const userId = proven.user.id;
    const kinds = (yield* tx.many(listFactors, { userId })).map(({ kind }) => kind as FactorKind);
    if (kinds.length === 0 || (yield* isTrusted(environment, { tx, proven }))) return null;
    return yield* openChallenge(environment, { tx, proven, kinds });
  };
}

function* isTrusted(
  { clock }: TwoFactorEnvironment,
  { tx, proven }: { readonly tx: Transaction; readonly proven: ProvenUser },
): Script<boolean> {
  const { deviceId, user } = proven;
  if (deviceId === null) return false;
  return (yield* tx.maybeOne(findTrust, { deviceId, userId: user.id, now: clock.now() })) !== null;
}

interface Opening {
  readonly tx: Transaction;
  readonly proven: ProvenUser;
  readonly kinds: readonly FactorKind[];
}

function* openChallenge(
  { clock, random, settings }: TwoFactorEnvironment,
  { tx, proven, kinds }: Opening,
): Script<StepRequest> {
  const { token, tokenHash } = createToken(challengeToken, random);
  const createdAt = clock.now();
  const expiresAt = addSeconds(createdAt, settings.challengeSeconds);
  yield* tx.maybeOne(insertChallenge, {
    tokenHash,
    userId: proven.user.id,
    method: proven.method,
    passed: [...proven.passed],
    failures: 0,
    emailCodesSent: 0,
    createdAt,
    expiresAt,
  });
  return { methods: methodsAfter(proven.method, kinds), token, expiresAt };
}

/** One factor does not count twice: whoever came in by mail is not asked for a code by mail (ASVS 6.3.3). */
export function methodsAfter(method: string, kinds: readonly FactorKind[]): readonly CodeKind[] {
  const byMail = method.startsWith("email");
  return [...kinds.filter((kind) => !(byMail && kind === "email")), "recoveryCode"];
}
