import { AuthError, type ModuleContext, type QueuedMail, type Sealer } from "../../module.ts";
import type { TwoFactorSettings } from "./two-factor-settings.ts";

/** What a mail with a code shows. */
export interface CodeMail {
  readonly code: string;
  readonly minutes: number;
}

/** What a mail about a change shows. */
export interface NoticeMail {
  readonly change: "enabled" | "disabled" | "recoveryCodesRenewed" | "recoveryCodeUsed" | "reset";
}

export interface TwoFactorMails {
  readonly code: QueuedMail<CodeMail>;
  readonly notice: QueuedMail<NoticeMail>;
}

/** What the parts of the module work with. */
export interface TwoFactorEnvironment extends ModuleContext {
  readonly settings: TwoFactorSettings;
  /** Of shared secrets and codes, bound to the user or the challenge. */
  readonly secrets: Sealer;
  /** `null` where no mail is sent. */
  readonly mails: TwoFactorMails | null;
}

export function codeWrong(): AuthError {
  return new AuthError("twoFactor.code_wrong", { message: "The code is wrong, or was used before." });
}

export function challengeGone(): AuthError {
  return new AuthError("twoFactor.challenge_gone", {
    message: "This sign-in has ended; sign in again.",
  });
}

export function notEnabled(): AuthError {
  return new AuthError("twoFactor.not_enabled", { message: "The user has no such factor." });
}
