import { invalid } from "../mail-settings.ts";
import { formatMailbox } from "../mailbox.ts";
import { httpDelivery, requireKey, type HttpTransportOptions } from "./http-delivery.ts";
import type { MailMessage, MailTransport } from "./mail-transport.ts";

export interface MailgunOptions extends HttpTransportOptions {
  readonly apiKey: string;
  /** The sending domain: `"mg.acme.example"`. */
  readonly domain: string;
  /** Where the domain is. Default `us`. */
  readonly region?: "us" | "eu";
}

/**
 * Hands mails to Mailgun (https://documentation.mailgun.com/docs/mailgun/api-reference).
 * @throws AuthError `configuration_invalid`
 */
export function mailgunTransport(options: MailgunOptions): MailTransport {
  const apiKey = requireKey(options.apiKey, "mailgunTransport: apiKey");
  const { domain, region = "us" } = options;
  if (typeof domain !== "string" || !/^[a-z0-9.-]+$/i.test(domain)) {
    throw invalid('mailgunTransport: domain is like "mg.acme.example"');
  }
  const apiUrl = region === "eu" ? "https://api.eu.mailgun.net" : "https://api.mailgun.net";
  // Its errors are sentences, which may name the recipient.
  const deliver = httpDelivery({ name: "mailgun", apiUrl, codeOf: () => null }, options);
  const authorization = `Basic ${Buffer.from(`api:${apiKey}`).toString("base64")}`;
  return {
    name: "mailgun",
    send: (message, { signal }) =>
      deliver({ path: `/v3/${domain}/messages`, headers: { authorization }, body: toForm(message), signal }),
  };
}

function toForm({
  from,
  replyTo,
  to,
  subject,
  text,
  html,
  messageId,
  headers,
}: MailMessage): URLSearchParams {
  const form = new URLSearchParams({ from: formatMailbox(from), to, subject, text, html });
  for (const [name, value] of Object.entries({ ...headers, "Message-Id": messageId }))
    form.set(`h:${name}`, value);
  if (replyTo) form.set("h:Reply-To", formatMailbox(replyTo));
  // A tracked link leads through somebody else's server, with the token in it.
  for (const option of ["o:tracking", "o:tracking-clicks", "o:tracking-opens"]) form.set(option, "no");
  return form;
}
