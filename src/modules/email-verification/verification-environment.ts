import { AuthError, type ModuleContext, type QueuedMail, type Sealer } from "../../module.ts";
import type { VerificationSettings } from "./verification-options.ts";

/** What a mail shows that asks to confirm an address. */
export interface ConfirmMail {
  readonly link: string;
  readonly code: string;
  readonly minutes: number;
  /** Whether a sign-in waits for it: a sign-up's own too. */
  readonly signingIn: boolean;
}

/** What the mail shows to somebody whose address a stranger, or they themselves, wanted to use again. */
export interface TakenMail {
  readonly attempt: "signUp" | "change";
  readonly signIn: string;
  readonly forgotPassword: string;
}

export interface ChangedMail {
  readonly link: string;
  readonly days: number;
}

export interface VerificationMails {
  readonly verify: QueuedMail<ConfirmMail>;
  readonly change: QueuedMail<ConfirmMail>;
  readonly taken: QueuedMail<TakenMail>;
  readonly changed: QueuedMail<ChangedMail>;
  readonly restored: QueuedMail<Readonly<Record<never, never>>>;
}

/** What the parts of the module work with. */
export interface VerificationEnvironment extends ModuleContext {
  readonly settings: VerificationSettings;
  readonly baseUrl: string;
  /** Of codes, bound to their rows. */
  readonly codes: Sealer;
  readonly mails: VerificationMails;
}

export function codeWrong(): AuthError {
  return new AuthError("emailVerification.code_wrong", {
    message: "The code is wrong, or too old; ask for another one.",
  });
}

export function challengeGone(): AuthError {
  return new AuthError("emailVerification.challenge_gone", {
    message: "This sign-in has ended; sign in again.",
  });
}

export function linkGone(): AuthError {
  return new AuthError("emailVerification.link_gone", {
    message: "This link was used, or is too old; ask for another one.",
  });
}

export function tooManyMails(retryAfterSeconds: number): AuthError {
  return new AuthError("too_many_requests", {
    message: "Enough mails were sent; wait before asking for another one.",
    data: { retryAfterSeconds },
  });
}
