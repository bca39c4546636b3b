import {
  addSeconds,
  hashToken,
  isPending,
  parseToken,
  readClientDetails,
  type NewSession,
  type PendingSignIn,
  type RequestContext,
} from "../../module.ts";
import { challengeToken, methodsAfter } from "./challenge.ts";
import type { CodeProof, FactorKind, TwoFactor } from "./two-factor-api.ts";
import { challengeGone, codeWrong, type TwoFactorEnvironment } from "./two-factor-environment.ts";
import { noticeTo } from "./two-factor-mails.ts";
import { findChallenge, listFactors, takeChallenge, trustDevice } from "./two-factor-statements.ts";
import { verifyCode, type UseCode } from "./verify-code.ts";

type Answer = Parameters<TwoFactor["answer"]>[0];

/**
 * Answers a challenge: the code is counted and verified first, then used up together with the challenge in the
 * transaction that opens the session. So a code and a challenge open one session each.
 *
 * @throws AuthError `twoFactor.code_wrong`, `twoFactor.challenge_gone`, `too_many_requests`
 */
export async function answerChallenge(
  environment: TwoFactorEnvironment,
  { answer, context }: { readonly answer: Answer; readonly context: RequestContext | undefined },
): Promise<NewSession | PendingSignIn> {
  const { database, clock, accounts } = environment;
  const client = readClientDetails(context);
  const found = await findOpen(environment, answer.token);
  const { userId, method, tokenHash } = found;
  await environment.attempt({ action: "twoFactor.answer", client, account: userId });
  const useCode = await verifyAnswer(environment, { answer, found, context });
  const opened = await accounts.openSession({
    userId,
    method,
    context,
    passed: found.passed as readonly string[],
    script: (user) =>
      function* (tx) {
        const now = clock.now();
        if ((yield* tx.maybeOne(takeChallenge, { tokenHash, now })) === null) throw challengeGone();
        yield* useCode()(tx);
        if (answer.method === "recoveryCode") {
          yield* noticeTo(environment, { tx, user, change: "recoveryCodeUsed", now });
        }
      },
  });
  if (answer.trustDevice === true && !isPending(opened)) await trust(environment, opened);
  return opened;

  async function trust({ settings }: TwoFactorEnvironment, { deviceToken }: NewSession): Promise<void> {
    if (settings.trustedDeviceSeconds === 0) return;
    const now = clock.now();
    const trustedUntil = addSeconds(now, settings.trustedDeviceSeconds);
    const device = { tokenHash: hashToken("device", deviceToken), userId, now, trustedUntil };
    // The user is signed in; that the browser is asked once more is no reason to fail.
    await database.run(trustDevice, device).catch((cause: unknown) => environment.log("trust_failed", cause));
  }
}

/** A challenge that waits, by its token. @throws AuthError `twoFactor.challenge_gone` */
export async function findOpen({ database, clock }: TwoFactorEnvironment, token: string) {
  const parsed = parseToken(token);
  if (parsed === null) throw challengeGone();
  const tokenHash = hashToken(challengeToken, parsed);
  const found = await database.maybeOne(findChallenge, { tokenHash, now: clock.now() });
  if (found === null) throw challengeGone();
  return { ...found, tokenHash };
}

async function verifyAnswer(
  environment: TwoFactorEnvironment,
  {
    answer,
    found,
    context,
  }: {
    readonly answer: CodeProof;
    readonly found: Awaited<ReturnType<typeof findOpen>>;
    readonly context: RequestContext | undefined;
  },
): Promise<UseCode> {
  const { userId, method } = found;
  try {
    const kinds = (await environment.database.many(listFactors, { userId })).map(({ kind }) => kind);
    if (!methodsAfter(method, kinds as readonly FactorKind[]).includes(answer.method)) throw codeWrong();
    return await verifyCode(environment, { userId, proof: answer, challenge: found });
  } catch (error) {
    await recordFailure(environment, { userId, answer, context, error });
    throw error;
  }
}

async function recordFailure(
  { database, clock, recordEvent }: TwoFactorEnvironment,
  failure: {
    readonly userId: string;
    readonly answer: CodeProof;
    readonly context: RequestContext | undefined;
    readonly error: unknown;
  },
): Promise<void> {
  const { userId, answer, context } = failure;
  const reason = (failure.error as { readonly code?: string }).code ?? "failed";
  const event = recordEvent({
    type: "twoFactor.failed",
    userId,
    occurredAt: clock.now(),
    client: readClientDetails(context),
    data: { method: answer.method, reason },
  });
  await database.transaction((tx) => tx.all([event]), { singleStep: true });
}
