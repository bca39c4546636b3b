import type { DeliveryReport } from "./deliver-due.ts";

/** `auth.mail`. */
export interface Mail {
  /**
   * Delivers what is due now, and waits for it: `{ delivered, expired, retried, dead }` in numbers of mails. Safe to run
   * anywhere, any number of times, at once.
   */
  deliver(): Promise<DeliveryReport>;
  /** Mails that were given up, latest first. `limit` 1 to 100, default 50; `after` is the last id of the page before. */
  listDead(page?: MailPage): Promise<readonly DeadMail[]>;
  /** Gives a dead mail all its attempts again. False if there is no such dead mail. */
  retry(mailId: string): Promise<boolean>;
  /** What waits, and what was given up. */
  stats(): Promise<MailStats>;
}

export interface MailPage {
  readonly limit?: number;
  readonly after?: string;
}

export interface DeadMail {
  readonly id: string;
  /** `passwordReset.reset` */
  readonly template: string;
  /** `null` if the secret that sealed it is gone from the list. */
  readonly to: string | null;
  readonly userId: string | null;
  readonly attempts: number;
  /** `smtp 550 5.1.1` */
  readonly reason: string;
  readonly queuedAt: Date;
  readonly diedAt: Date;
}

export interface MailStats {
  readonly pending: number;
  readonly dead: number;
  /** When the oldest of those that wait was queued; `null` if none does. Worth an alarm when it is old. */
  readonly oldestQueuedAt: Date | null;
}
