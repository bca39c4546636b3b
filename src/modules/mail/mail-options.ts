import type { MailBrand, MailRender } from "../../module.ts";
import type { MailTransport } from "./transports/mail-transport.ts";

/** What `mail()` takes. */
export interface MailOptions {
  /** Who mails come from: `"Acme <no-reply@acme.example>"`, or the address alone. */
  readonly from: string;
  /** Where answers go, if not there. */
  readonly replyTo?: string;
  /** What carries them: `smtpTransport`, `resendTransport`, and the others of `wispy-auth/mail`, or one of your own. */
  readonly transport: MailTransport;
  /** How they look. Default: the name in `from`. */
  readonly brand?: Partial<MailBrand>;
  /**
   * Texts of your own instead of the modules', by the mail's name. What `data` holds, the type of the mail says:
   * `{ "passwordReset.reset": (data: PasswordResetMail) => ({ subject, text, html }) }`.
   */
  readonly templates?: Readonly<Record<string, MailRender<never>>>;
  /**
   * `background` (default): this process delivers what it and others have queued, as long as it runs. `manual`: only
   * `auth.mail.deliver()` does, for functions that are frozen between requests.
   */
  readonly delivery?: "background" | "manual";
  /** Deliveries that are tried before a mail is given up. Default 12: about five hours. */
  readonly maxAttempts?: number;
  /** Mails that one process sends at once. Default 5. */
  readonly concurrency?: number;
  /** When a send that has not ended counts as failed. Default 30. */
  readonly sendTimeoutSeconds?: number;
  /** How often a process looks for what others left, or what is due again. Default 15. */
  readonly pollSeconds?: number;
  /** How long a delivered mail's row is kept, empty but for its key. Default one day. */
  readonly keepDeliveredSeconds?: number;
  /** How long a mail that was given up can be looked at and tried again. Default 30 days. */
  readonly keepDeadSeconds?: number;
}
