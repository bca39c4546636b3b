import { AuthError, type ModuleContext, type QueuedMail } from "../../module.ts";
import type { PasswordResetSettings } from "./reset-options.ts";

export interface ResetMail {
  readonly link: string;
  readonly minutes: number;
}

export type NoticeMail = Readonly<Record<never, never>>;

/** What the parts of the module work with. */
export interface ResetEnvironment extends ModuleContext {
  readonly settings: PasswordResetSettings;
  readonly baseUrl: string;
  readonly mails: { readonly reset: QueuedMail<ResetMail>; readonly notice: QueuedMail<NoticeMail> };
}

export function linkGone(): AuthError {
  return new AuthError("passwordReset.link_gone", {
    message: "This link was used, or is too old; ask for another one.",
  });
}
