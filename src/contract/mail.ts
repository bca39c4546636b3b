import type { Call } from "../database/statements/statement.ts";
import type { JsonValue } from "../database/statements/value-type.ts";

/** What a mail says, in both its forms. */
export interface MailContent {
  /** One line. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The application as its mails show it. */
export interface MailBrand {
  readonly name: string;
  /** Stands above the mail instead of the name: an image of 32 pixels in height, reached by https. */
  readonly logoUrl?: string;
  /** Of buttons: `"#4f46e5"`. Their text is black or white, whichever can be read on it. */
  readonly color?: string;
  /** The last line of every mail, for example who sends it and from where. */
  readonly footer?: string;
}

/**
 * Writes a mail. Runs at each delivery, outside of every request and transaction, so it may be slow, and an error counts
 * as a delivery that failed.
 */
export type MailRender<Data> = (data: Data, brand: MailBrand) => MailContent | Promise<MailContent>;

/** A kind of mail, owned by a module. */
export interface MailTemplate<Data> {
  /** `<module>.<mail>`: `passwordReset.reset`. Applications name it to put a text of their own in its place. */
  readonly name: `${string}.${string}`;
  /**
   * The text where the application has none of its own. Made by `layOutMail` it looks like all the others. What a
   * stranger may have chosen, such as the name in a sign-up, has no place in it: it would be spam in our name.
   */
  readonly render: MailRender<Data>;
}

/** Data that come back from a row as they went in. */
export type MailData<Data> = { readonly [K in keyof Data]: JsonValue };

/** One mail, to one address. */
export interface OutgoingMail<Data> {
  /** What the template shows. May hold tokens, codes and links: it is sealed until the mail is sent, and gone then. */
  readonly data: Data;
  /** The address as it is stored, never as a request spells it. */
  readonly to: string;
  /** Whose mail it is, for the event log should it be given up. */
  readonly userId: string | null;
  /** Of mails of one template with the same key only the first is sent. */
  readonly idempotencyKey: string;
  readonly occurredAt: Date;
  /** When its link or code ends. From then on the mail is dropped instead of sent. */
  readonly expiresAt?: Date;
}

/** What the module `mail` provides: `context.use<MailQueue>("mail")`, for modules that depend on it. */
export interface MailQueue {
  /**
   * Makes a mail known, at the module's start: whichever process delivers it needs its template.
   * @throws AuthError `configuration_invalid` for a name that another mail has
   */
  define<Data extends MailData<Data>>(template: MailTemplate<Data>): QueuedMail<Data>;
}

/** One kind of mail, ready to be queued. */
export interface QueuedMail<Data> {
  /**
   * The insert of one mail, to be yielded in the transaction of what it tells of: it is sent once that has committed, and
   * not at all if it is rolled back. Never fails for want of a mailer.
   *
   * @example
   * yield* tx.all([insertToken.with(token), resetMail.queue({ data: { link }, to: user.email, ... })]);
   */
  queue(mail: OutgoingMail<Data>): Call<unknown>;
}
