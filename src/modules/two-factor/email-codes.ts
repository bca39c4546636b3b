import {
  addSeconds,
  AuthError,
  createSixDigitCode,
  hashToken,
  readClientDetails,
  type RequestContext,
  type Script,
  type Transaction,
  type User,
} from "../../module.ts";
import { findOpen } from "./answer-challenge.ts";
import { methodsAfter } from "./challenge.ts";
import type { FactorKind, FactorOwner } from "./two-factor-api.ts";
import { challengeGone, notEnabled, type TwoFactorEnvironment } from "./two-factor-environment.ts";
import { deleteProof, insertChallenge, listFactors, putEmailCode } from "./two-factor-statements.ts";
import { placeOf } from "./verify-code.ts";

/** What the digest of a proof is made with: of the session's id, which opens nothing. */
const proofToken = "two-factor-proof";

export function proofHashOf({ sessionId }: FactorOwner): Uint8Array {
  return hashToken(proofToken, sessionId);
}

/** Mails a code for a sign-in that waits. @throws AuthError `twoFactor.challenge_gone`, `twoFactor.not_enabled`, `too_many_requests` */
export async function sendCode(
  environment: TwoFactorEnvironment,
  { token, context }: { readonly token: string; readonly context: RequestContext | undefined },
): Promise<void> {
  const { userId, method, tokenHash } = await findOpen(environment, token);
  const client = readClientDetails(context);
  await environment.attempt({ action: "twoFactor.sendCode", client, account: userId });
  const kinds = (await environment.database.many(listFactors, { userId })).map(({ kind }) => kind);
  if (!methodsAfter(method, kinds as readonly FactorKind[]).includes("email")) throw notEnabled();
  await environment.database.transaction(function* (tx) {
    const user = yield* environment.accounts.hold(userId)(tx);
    if (user === null) throw challengeGone();
    yield* mailCode(environment, { tx, user, tokenHash });
  });
}

/** The same for somebody signed in, who is to prove it once more. @throws AuthError `twoFactor.not_enabled`, `too_many_requests` */
export async function sendProofCode(
  environment: TwoFactorEnvironment,
  { owner, context }: { readonly owner: FactorOwner; readonly context: RequestContext | undefined },
): Promise<void> {
  const { database, clock, settings } = environment;
  const { userId } = owner;
  const client = readClientDetails(context);
  await environment.attempt({ action: "twoFactor.sendCode", client, account: userId });
  const kinds = (await database.many(listFactors, { userId })).map(({ kind }) => kind);
  if (!kinds.includes("email")) throw notEnabled();
  const tokenHash = proofHashOf(owner);
  const createdAt = clock.now();
  const expiresAt = addSeconds(createdAt, settings.challengeSeconds);
  await database.transaction(function* (tx) {
    const user = yield* environment.accounts.hold(userId)(tx);
    if (user === null) throw notEnabled();
    yield* tx.run(deleteProof, { tokenHash, now: createdAt });
    const times = { failures: 0, emailCodesSent: 0, createdAt, expiresAt };
    yield* tx.maybeOne(insertChallenge, { tokenHash, userId, method: "proof", passed: [], ...times });
    yield* mailCode(environment, { tx, user, tokenHash });
  });
}

function* mailCode(
  { clock, random, secrets, settings, mails, newId }: TwoFactorEnvironment,
  { tx, user, tokenHash }: { readonly tx: Transaction; readonly user: User; readonly tokenHash: Uint8Array },
): Script<void> {
  if (mails === null) throw notEnabled();
  const now = clock.now();
  const code = createSixDigitCode(random);
  const emailCodeExpiresAt = addSeconds(now, settings.challengeSeconds);
  const limit = settings.emailCodesPerChallenge;
  const sealedEmailCode = secrets.seal(code, placeOf("code", tokenHash));
  const put = { tokenHash, now, limit, sealedEmailCode, emailCodeExpiresAt };
  if ((yield* tx.maybeOne(putEmailCode, put)) === null) {
    throw new AuthError("too_many_requests", {
      message: "Enough codes were sent; sign in again.",
      data: { retryAfterSeconds: settings.challengeSeconds },
    });
  }
  const mail = { to: user.email, userId: user.id, idempotencyKey: newId(now), occurredAt: now };
  const minutes = Math.floor(settings.challengeSeconds / 60);
  yield* tx.all([mails.code.queue({ ...mail, data: { code, minutes }, expiresAt: emailCodeExpiresAt })]);
}
