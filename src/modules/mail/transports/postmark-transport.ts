import { formatMailbox } from "../mailbox.ts";
import {
  httpDelivery,
  jsonHeaders,
  requireKey,
  type HttpTransportOptions,
  type Refusal,
} from "./http-delivery.ts";
import type { MailMessage, MailTransport } from "./mail-transport.ts";

export interface PostmarkOptions extends HttpTransportOptions {
  readonly serverToken: string;
  /** Default `outbound`, the stream for mails that somebody asked for. */
  readonly messageStream?: string;
}

/**
 * Hands mails to Postmark (https://postmarkapp.com/developer/api/email-api).
 * @throws AuthError `configuration_invalid`
 */
export function postmarkTransport(options: PostmarkOptions): MailTransport {
  const serverToken = requireKey(options.serverToken, "postmarkTransport: serverToken");
  const { messageStream = "outbound" } = options;
  const deliver = httpDelivery(
    {
      name: "postmark",
      apiUrl: "https://api.postmarkapp.com",
      codeOf: ({ body }) => body["ErrorCode"],
      isPermanent,
    },
    options,
  );
  return {
    name: "postmark",
    send: (message, { signal }) =>
      deliver({
        path: "/email",
        headers: { ...jsonHeaders, "x-postmark-server-token": serverToken },
        body: JSON.stringify({ ...toBody(message), MessageStream: messageStream }),
        signal,
      }),
  };
}

function toBody({ from, replyTo, to, subject, text, html, messageId, headers }: MailMessage): object {
  // Postmark makes a Message-ID of its own unless it is asked to keep ours.
  const all = { ...headers, "Message-ID": messageId, "X-PM-KeepID": "true" };
  return {
    From: formatMailbox(from),
    To: to,
    ...(replyTo && { ReplyTo: formatMailbox(replyTo) }),
    Subject: subject,
    TextBody: text,
    HtmlBody: html,
    Headers: Object.entries(all).map(([Name, Value]) => ({ Name, Value })),
    // A tracked link leads through somebody else's server, with the token in it.
    TrackOpens: false,
    TrackLinks: "None",
  };
}

/** 300: the mail is malformed. 406: the recipient bounced or complained. The other codes are about the account. */
const permanentCodes: readonly unknown[] = [300, 406];

function isPermanent({ body }: Refusal): boolean {
  return permanentCodes.includes(body["ErrorCode"]);
}
