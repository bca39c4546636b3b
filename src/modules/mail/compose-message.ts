import { readEmailAddress, type MailContent } from "../../module.ts";
import type { MailEnvironment } from "./mail-environment.ts";
import { toAscii } from "./mailbox.ts";
import type { SealedMail } from "./queue-mail.ts";
import { codeOf, mailFailure } from "./transports/mail-failure.ts";
import type { MailMessage } from "./transports/mail-transport.ts";

/** A row's sealed part, or `null` if its secret is gone from the list. */
export function openMail(
  { seals }: MailEnvironment,
  { id, sealed }: { readonly id: string; readonly sealed: string | null },
): SealedMail | null {
  const opened = sealed === null ? null : seals.open(sealed, id);
  return opened === null ? null : (JSON.parse(opened) as SealedMail);
}

/**
 * Writes a mail, and looks at what others wrote: one recipient, and headers of one line.
 * @throws AuthError `mail.delivery_failed`
 */
export async function composeMessage(
  { settings, mails }: MailEnvironment,
  { id, template, mail }: { readonly id: string; readonly template: string; readonly mail: SealedMail },
): Promise<MailMessage> {
  const address = readEmailAddress(mail.to)?.address;
  if (address === undefined) throw mailFailure({ reason: "address invalid", permanent: true });
  const rendering = mails.render(template, mail.data);
  // Perhaps an instance of another version has it, or this one after its next deployment.
  if (rendering === null) throw mailFailure({ reason: "template unknown", permanent: false });
  const { subject, text, html } = checked(await rendering.catch(failRendering));
  return {
    from: settings.from,
    replyTo: settings.replyTo,
    to: toAscii(address),
    subject,
    text,
    html,
    template,
    idempotencyKey: id,
    messageId: `<${id}@${settings.from.address.split("@")[1]!}>`,
    // RFC 3834 section 5: nobody's "out of office" answers it.
    headers: { "Auto-Submitted": "auto-generated" },
  };
}

/** The error itself stays out: it may hold what the mail says. A template that is mended sends what waits. */
function failRendering(error: unknown): never {
  throw mailFailure({ reason: `template failed ${codeOf(error)}`, permanent: false });
}

/** RFC 5322 section 2.1.1 bounds a line; a subject of more is no subject. */
const maximumSubjectLength = 998;

/** A line break in a subject would begin a header of somebody else's making. */
function checked(content: MailContent): MailContent {
  const { subject, text, html } = content ?? {};
  const whole = [subject, text, html].every((part) => typeof part === "string" && part !== "");
  if (whole && !/\p{Cc}/u.test(subject) && subject.length <= maximumSubjectLength) return content;
  throw mailFailure({ reason: "template wrote no mail", permanent: false });
}
