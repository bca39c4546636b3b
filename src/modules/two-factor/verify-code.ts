import {
  addSeconds,
  AuthError,
  type Script,
  type Transaction,
  type TransactionScript,
} from "../../module.ts";
import { hashRecoveryCode } from "./recovery-code.ts";
import { matchCode } from "./totp.ts";
import type { CodeProof } from "./two-factor-api.ts";
import { challengeGone, codeWrong, type TwoFactorEnvironment } from "./two-factor-environment.ts";
import type { TwoFactorSettings } from "./two-factor-settings.ts";
import {
  clearCodeAttempts,
  countAnswer,
  findRest,
  findTotp,
  reserveCode,
  useRecoveryCode,
  useStep,
} from "./two-factor-statements.ts";

/** Uses a code up, in the transaction of what it was given for. @throws AuthError `twoFactor.code_wrong` */
export type UseCode = () => TransactionScript<void>;

/** A code that somebody gives, and where. */
export interface GivenCode {
  readonly userId: string;
  readonly proof: CodeProof;
  /** The challenge it answers, with the code that was mailed for it. */
  readonly challenge: {
    readonly tokenHash: Uint8Array;
    readonly sealedEmailCode: string | null;
    readonly emailCodeExpiresAt: Date | null;
  } | null;
}

/**
 * Counts the code, looks whether it is right, and gives back what uses it up. A recovery code is counted against the
 * challenge alone: nobody guesses 120 bits, and it is what helps when the other codes rest.
 *
 * @throws AuthError `twoFactor.code_wrong`, `twoFactor.challenge_gone`, `too_many_requests`
 */
export async function verifyCode(environment: TwoFactorEnvironment, given: GivenCode): Promise<UseCode> {
  await countCode(environment, given);
  if (given.proof.method === "totp") return verifyTotp(environment, given);
  if (given.proof.method === "email") return verifyEmailCode(environment, given);
  return verifyRecoveryCode(given);
}

/** The address of a sealed secret or code within the database. */
export function placeOf(kind: "totp" | "code", key: string | Uint8Array): string {
  return `${kind}:${typeof key === "string" ? key : Buffer.from(key).toString("base64url")}`;
}

async function countCode(environment: TwoFactorEnvironment, given: GivenCode): Promise<void> {
  const { database, clock, settings } = environment;
  const { userId, proof, challenge } = given;
  const now = clock.now();
  const { answersPerChallenge: limit } = settings;
  const counted = await database.transaction(function* (tx) {
    if (challenge !== null) {
      const answer = yield* tx.maybeOne(countAnswer, { tokenHash: challenge.tokenHash, now, limit });
      if (answer === null) return "challenge";
    }
    if (proof.method === "recoveryCode") return "counted";
    const counting = countingOf(settings, { userId, now });
    return (yield* tx.maybeOne(reserveCode, counting)) === null ? "rest" : "counted";
  });
  if (counted === "challenge") throw challengeGone();
  if (counted === "rest") throw tooMany(await secondsOfRest(environment, { userId, now }));
}

/** What a code is counted by. */
export function countingOf(
  { restSeconds, failuresBeforeRest, maxFailures }: TwoFactorSettings,
  { userId, now }: { readonly userId: string; readonly now: Date },
) {
  return { userId, now, restUntil: addSeconds(now, restSeconds), failuresBeforeRest, maxFailures };
}

async function secondsOfRest(
  { database, settings }: TwoFactorEnvironment,
  { userId, now }: { readonly userId: string; readonly now: Date },
): Promise<number> {
  const rest = await database.maybeOne(findRest, { userId });
  const milliseconds = (rest?.lockedUntil?.getTime() ?? 0) - now.getTime();
  return milliseconds > 0 ? Math.ceil(milliseconds / 1000) : settings.restSeconds;
}

async function verifyTotp(environment: TwoFactorEnvironment, { userId, proof }: GivenCode): Promise<UseCode> {
  const { database, clock, secrets, settings } = environment;
  const totp = await database.maybeOne(findTotp, { userId });
  const sealed = totp?.sealedSecret ?? null;
  if (totp === null || sealed === null || totp.confirmedAt === null) throw codeWrong();
  const secret = secrets.open(sealed, placeOf("totp", userId));
  if (secret === null) throw new AuthError("internal_error", { message: "A secret cannot be opened" });
  const key = Buffer.from(secret, "base64url");
  const code = proof.code.replaceAll(/\s/g, "");
  const step = matchCode(key, { code, now: clock.now(), window: settings.window });
  if (step === null) throw codeWrong();
  return () => (tx) => accept(tx, { userId, used: tx.maybeOne(useStep, { userId, step }) });
}

async function verifyEmailCode(
  { clock, secrets }: TwoFactorEnvironment,
  { userId, proof, challenge }: GivenCode,
): Promise<UseCode> {
  const sealed = challenge?.sealedEmailCode ?? null;
  const expiresAt = challenge?.emailCodeExpiresAt ?? null;
  if (challenge === null || sealed === null || expiresAt === null || expiresAt <= clock.now())
    throw codeWrong();
  const code = secrets.open(sealed, placeOf("code", challenge.tokenHash));
  // The tries are counted and the code is gone with the last: there is no time to learn anything from.
  if (code === null || code !== proof.code.replaceAll(/\s/g, "")) throw codeWrong();
  // The code goes with the challenge, which opens one session.
  return () =>
    function* (tx) {
      yield* tx.run(clearCodeAttempts, { userId });
    };
}

function verifyRecoveryCode({ userId, proof }: GivenCode): UseCode {
  const codeHash = hashRecoveryCode(proof.code);
  if (codeHash === null) throw codeWrong();
  return () => (tx) => accept(tx, { userId, used: tx.maybeOne(useRecoveryCode, { codeHash, userId }) });
}

function* accept(
  tx: Transaction,
  { userId, used }: { readonly userId: string; readonly used: Script<object | null> },
): Script<void> {
  if ((yield* used) === null) throw codeWrong();
  yield* tx.run(clearCodeAttempts, { userId });
}

function tooMany(retryAfterSeconds: number): AuthError {
  return new AuthError("too_many_requests", {
    message: "Too many wrong codes; wait, or use a recovery code.",
    data: { retryAfterSeconds },
  });
}
