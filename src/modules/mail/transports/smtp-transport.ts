import type { ConnectionOptions } from "node:tls";
import { AuthError } from "../../../module.ts";
import { invalid } from "../mail-settings.ts";
import { codeOf, mailFailure } from "./mail-failure.ts";
import type { MailMessage, MailTransport } from "./mail-transport.ts";
import { readSmtpServer } from "./smtp-server.ts";

/** Where an SMTP server is: a URL, or its parts. */
export interface SmtpOptions {
  /** `smtps://user:password@smtp.example.com` (port 465), or `smtp://...` (port 587, encrypted by STARTTLS). */
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  /** True for TLS from the first byte, as on port 465. */
  readonly secure?: boolean;
  readonly user?: string;
  readonly password?: string;
  /**
   * Sends nothing over a connection that is not encrypted. Default true, but for a server on this machine. False is for
   * mail catchers in a network of one's own.
   */
  readonly requireTls?: boolean;
  /** For servers with a certificate of one's own: `{ ca }`. */
  readonly tls?: ConnectionOptions;
  /** Connections kept open and used again. Default 5. */
  readonly maxConnections?: number;
}

/** The parts of nodemailer that are used. */
interface Mailer {
  sendMail(mail: object): Promise<unknown>;
  close(): void;
}

const timeouts = {
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  dnsTimeout: 10_000,
  socketTimeout: 20_000,
};

/**
 * Hands mails to an SMTP server, by nodemailer (`npm install nodemailer`).
 * @throws AuthError `configuration_invalid`; a mail fails with `driver_missing` while nodemailer is not there
 * @example
 * mail({ from: "Acme <no-reply@acme.example>", transport: smtpTransport({ url: process.env.SMTP_URL }) });
 */
export function smtpTransport(options: SmtpOptions): MailTransport {
  const server = readSmtpServer(options);
  const { maxConnections = 5, tls } = options;
  if (!Number.isInteger(maxConnections) || maxConnections < 1) {
    throw invalid("smtpTransport: maxConnections is a whole number from 1");
  }
  const settings = {
    ...server,
    ...timeouts,
    ...(tls && { tls }),
    pool: true,
    maxConnections,
    // What a mail says is text, never the name of a file or an address to read it from.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  let mailer: Promise<Mailer> | undefined;
  return {
    name: "smtp",
    async send(message) {
      mailer ??= createMailer(settings).catch((error: unknown) => {
        mailer = undefined;
        throw error;
      });
      const ready = await mailer;
      await ready.sendMail(toSmtpMail(message)).catch((error: unknown) => {
        throw smtpFailure(error);
      });
    },
    async close() {
      (await mailer?.catch(() => undefined))?.close();
      mailer = undefined;
    },
  };
}

async function createMailer(settings: object): Promise<Mailer> {
  try {
    const { createTransport } = await import("nodemailer");
    return createTransport(settings);
  } catch (cause) {
    throw new AuthError("driver_missing", {
      message: "smtpTransport needs the package nodemailer: npm install nodemailer",
      cause,
    });
  }
}

function toSmtpMail(message: MailMessage): object {
  const { from, replyTo, to, subject, text, html, messageId, headers } = message;
  return {
    from: { name: from.name ?? "", address: from.address },
    ...(replyTo && { replyTo: { name: replyTo.name ?? "", address: replyTo.address } }),
    to: { name: "", address: to },
    envelope: { from: from.address, to: [to] },
    subject,
    text,
    html,
    messageId,
    headers,
  };
}

interface SmtpError {
  readonly responseCode?: number;
  readonly response?: string;
}

/**
 * RFC 5321 section 4.2.1: 5yz is for good. Only where it is about this recipient or this mail: what a server says to a
 * greeting or a password is about the configuration, and may be mended while the mail waits.
 */
function smtpFailure(error: unknown): AuthError {
  const code = codeOf(error);
  const { responseCode = 0, response = "" } = error as SmtpError;
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
  const answer = responseCode === 0 ? code : [String(responseCode), enhanced].filter(Boolean).join(" ");
  const aboutTheMail = code === "EENVELOPE" || code === "EMESSAGE";
  return mailFailure({ reason: `smtp ${answer}`, permanent: aboutTheMail && responseCode >= 500 });
}
