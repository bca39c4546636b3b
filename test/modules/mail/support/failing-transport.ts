import type { MailMessage, MailTransport } from "wispy-auth/mail";

/** A transport that does what it is told, mail by mail. */
export interface FailingTransport extends MailTransport {
  readonly attempts: MailMessage[];
  /** What the next sends do; once they are used up, `send` succeeds. */
  plan: ((message: MailMessage) => void | Promise<void>)[];
}

export function failingTransport(): FailingTransport {
  const attempts: MailMessage[] = [];
  return {
    name: "failing",
    attempts,
    plan: [],
    async send(message) {
      attempts.push(message);
      await this.plan.shift()?.(message);
    },
  };
}
