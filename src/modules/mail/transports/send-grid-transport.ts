import type { Mailbox } from "../mailbox.ts";
import { httpDelivery, jsonHeaders, requireKey, type HttpTransportOptions } from "./http-delivery.ts";
import type { MailMessage, MailTransport } from "./mail-transport.ts";

export interface SendGridOptions extends HttpTransportOptions {
  readonly apiKey: string;
  /** Where the account is. Default `global`. */
  readonly region?: "global" | "eu";
}

/**
 * Hands mails to SendGrid (https://www.twilio.com/docs/sendgrid/api-reference/mail-send).
 * @throws AuthError `configuration_invalid`
 */
export function sendGridTransport(options: SendGridOptions): MailTransport {
  const apiKey = requireKey(options.apiKey, "sendGridTransport: apiKey");
  const apiUrl = options.region === "eu" ? "https://api.eu.sendgrid.com" : "https://api.sendgrid.com";
  // Its errors are sentences, which may name the recipient.
  const deliver = httpDelivery({ name: "sendgrid", apiUrl, codeOf: () => null }, options);
  return {
    name: "sendgrid",
    send: (message, { signal }) =>
      deliver({
        path: "/v3/mail/send",
        headers: { ...jsonHeaders, authorization: `Bearer ${apiKey}` },
        body: JSON.stringify(toBody(message)),
        signal,
      }),
  };
}

function toBody({ from, replyTo, to, subject, text, html, messageId, headers }: MailMessage): object {
  return {
    personalizations: [{ to: [{ email: to }] }],
    from: toPerson(from),
    ...(replyTo && { reply_to: toPerson(replyTo) }),
    subject,
    content: [
      { type: "text/plain", value: text },
      { type: "text/html", value: html },
    ],
    headers: { ...headers, "Message-ID": messageId },
    // A tracked link leads through somebody else's server, with the token in it.
    tracking_settings: {
      click_tracking: { enable: false, enable_text: false },
      open_tracking: { enable: false },
    },
  };
}

function toPerson({ name, address }: Mailbox): object {
  return { email: address, ...(name !== null && { name }) };
}
