import type { Mailbox } from "../mailbox.ts";

/** One mail as it goes out. No line of its headers holds a line break. */
export interface MailMessage {
  readonly from: Mailbox;
  readonly replyTo: Mailbox | null;
  /** Exactly one address. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The mail's name: `passwordReset.reset`. */
  readonly template: string;
  /** The same at every attempt: a service that knows it sends a mail once. */
  readonly idempotencyKey: string;
  /** Made of it (RFC 5322 section 3.6.4), so that a mail that came twice can be told. */
  readonly messageId: string;
  /** More headers, by name. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What carries mails. It may be slow and may fail as it likes: nobody waits for it but the deliverer, which tries again
 * unless the failure says that it is of no use (`mailFailure`).
 */
export interface MailTransport {
  /** In reasons and logs: `smtp`. */
  readonly name: string;
  /** Resolves when the mail was taken over. `signal` tells that nobody waits any more. */
  send(message: MailMessage, options: { readonly signal: AbortSignal }): Promise<void>;
  /** Ends connections. */
  close?(): void | Promise<void>;
}
