import { formatMailbox } from "../mailbox.ts";
import {
  httpDelivery,
  jsonHeaders,
  requireKey,
  type HttpTransportOptions,
  type Refusal,
} from "./http-delivery.ts";
import type { MailMessage, MailTransport } from "./mail-transport.ts";

export interface ResendOptions extends HttpTransportOptions {
  readonly apiKey: string;
}

/**
 * Hands mails to Resend, which sends a mail with a known idempotency key once (https://resend.com/docs/api-reference).
 * @throws AuthError `configuration_invalid`
 */
export function resendTransport(options: ResendOptions): MailTransport {
  const apiKey = requireKey(options.apiKey, "resendTransport: apiKey");
  const deliver = httpDelivery(
    { name: "resend", apiUrl: "https://api.resend.com", codeOf: ({ body }) => body["name"], isPermanent },
    options,
  );
  return {
    name: "resend",
    send: (message, { signal }) =>
      deliver({
        path: "/emails",
        headers: {
          ...jsonHeaders,
          authorization: `Bearer ${apiKey}`,
          "idempotency-key": message.idempotencyKey,
        },
        body: JSON.stringify(toBody(message)),
        signal,
      }),
  };
}

function toBody({ from, replyTo, to, subject, text, html, headers }: MailMessage): object {
  return {
    from: formatMailbox(from),
    to: [to],
    ...(replyTo && { reply_to: formatMailbox(replyTo) }),
    subject,
    text,
    html,
    headers,
  };
}

/** A key that is known from another text stays so; one that is being worked on (another 409) does not. */
function isPermanent({ status, body }: Refusal): boolean {
  return status === 400 || status === 413 || status === 422 || body["name"] === "invalid_idempotent_request";
}
