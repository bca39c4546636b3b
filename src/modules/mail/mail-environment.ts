import type { ModuleContext, Sealer } from "../../module.ts";
import type { KnownMails } from "./known-mails.ts";
import type { MailSettings } from "./mail-settings.ts";

/** What the operations are made of. */
export interface MailEnvironment extends ModuleContext {
  readonly settings: MailSettings;
  /** Of what rows hold, bound to their ids. */
  readonly seals: Sealer;
  readonly mails: KnownMails;
}
