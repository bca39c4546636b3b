import {
  addSeconds,
  createSixDigitCode,
  createToken,
  type Call,
  type Script,
  type Transaction,
} from "../../module.ts";
import type { VerificationEnvironment } from "./verification-environment.ts";
import { countMails, insertVerification, voidPending, voidTaken } from "./verification-statements.ts";

/** What links are digested with. */
export const linkToken = "email-verification";

/** The sign-in that waits for it. */
export interface Waiting {
  readonly challengeHash: Uint8Array;
  readonly challengeExpiresAt: Date;
  readonly method: string;
  readonly passed: readonly string[];
  /** Counted on from one mail to the next. */
  readonly attempts: number;
  readonly sent: number;
}

/** What is to be confirmed. */
export interface Issue {
  readonly tx: Transaction;
  readonly now: Date;
  readonly userId: string;
  readonly purpose: "verify" | "change" | "taken";
  /** The address, as it is stored, that a mail goes to. */
  readonly email: string;
  readonly canonical: string;
  readonly waiting: Waiting | null;
  readonly sessionId: string | null;
  /** Somebody else has this address: they are told, and what they are told confirms nothing. */
  readonly takenBy: { readonly id: string; readonly email: string } | null;
  /** Written in the same step. */
  readonly besides?: readonly Call<unknown>[];
}

/**
 * Writes what is to be confirmed and queues its mail, in place of an earlier one; the same for an address that is taken,
 * but that its mail has neither link nor code. Past the limits of mails there is no mail and no code, and what was mailed
 * before still holds; false then.
 */
export function* issueVerification(environment: VerificationEnvironment, issue: Issue): Script<boolean> {
  const { random, settings, codes } = environment;
  const { tx, now, userId, purpose, email, canonical, waiting, sessionId, besides = [] } = issue;
  const mailed = yield* mayMail(environment, issue);
  const { token, tokenHash: linkHash } = createToken(linkToken, random);
  const code = createSixDigitCode(random);
  const codeExpiresAt = addSeconds(now, settings.codeSeconds);
  const insert = insertVerification.with({
    linkHash,
    userId,
    purpose,
    email,
    canonical,
    sealedCode: mailed ? codes.seal(code, placeOf(linkHash)) : null,
    codeExpiresAt: mailed ? codeExpiresAt : null,
    attempts: waiting?.attempts ?? 0,
    sent: (waiting?.sent ?? 0) + (mailed ? 1 : 0),
    challengeHash: waiting?.challengeHash ?? null,
    challengeExpiresAt: waiting?.challengeExpiresAt ?? null,
    method: waiting?.method ?? null,
    passed: [...(waiting?.passed ?? [])],
    sessionId,
    createdAt: now,
    expiresAt: addSeconds(now, settings.linkSeconds),
  });
  if (mailed) {
    yield* tx.run(purpose === "taken" ? voidTaken : voidPending, { userId, now });
    yield* tx.all([insert, mailOf(environment, { ...issue, token, code }), ...besides]);
  } else yield* tx.all([insert, ...besides]);
  return mailed;
}

/** Where a code is sealed in the database. */
export function placeOf(linkHash: Uint8Array): string {
  return Buffer.from(linkHash).toString("base64url");
}

function* mayMail({ settings }: VerificationEnvironment, { tx, now, canonical }: Issue): Script<boolean> {
  const [[hour], [day]] = yield* tx.all([
    countMails.with({ canonical, since: addSeconds(now, -3600) }),
    countMails.with({ canonical, since: addSeconds(now, -86_400) }),
  ]);
  return hour!.mails < settings.mailsPerHour && day!.mails < settings.mailsPerDay;
}

function mailOf(
  { settings, baseUrl, mails, newId }: VerificationEnvironment,
  {
    now,
    userId,
    purpose,
    email,
    waiting,
    takenBy,
    token,
    code,
  }: Issue & { readonly token: string; readonly code: string },
) {
  const expiresAt = addSeconds(now, settings.linkSeconds);
  const common = { idempotencyKey: newId(now), occurredAt: now, expiresAt };
  if (purpose === "taken" || takenBy !== null) {
    const attempt = purpose === "taken" ? ("signUp" as const) : ("change" as const);
    const signIn = `${baseUrl}${settings.signInPage}`;
    const data = { attempt, signIn, forgotPassword: `${baseUrl}${settings.forgotPasswordPage}` };
    const owner = takenBy ?? { id: userId, email };
    return mails.taken.queue({ ...common, data, to: owner.email, userId: owner.id });
  }
  const link = `${baseUrl}${settings.page}?token=${token}`;
  const minutes = Math.floor(settings.codeSeconds / 60);
  const data = { link, code, minutes, signingIn: waiting !== null };
  return mails[purpose].queue({ ...common, data, to: email, userId });
}
