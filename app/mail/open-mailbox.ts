import { type MailTransport, type MemoryTransport, memoryTransport, smtpTransport } from "wispy-auth/mail";

import type { Settings } from "../settings.ts";

export interface Mailbox {
  readonly transport: MailTransport;
  /** What was "sent", for the pages at /dev/mail; null where mails really go out. */
  readonly inbox: MemoryTransport | null;
}

/** Mails go to `SMTP_URL`; without one, in development, they stay in this process and are shown at /dev/mail. */
export function openMailbox({ smtpUrl }: Settings): Mailbox {
  if (smtpUrl !== undefined) return { transport: smtpTransport({ url: smtpUrl }), inbox: null };
  const inbox = memoryTransport({ limit: 200 });
  return { transport: inbox, inbox };
}
