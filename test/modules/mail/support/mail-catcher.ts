import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { callbackify } from "node:util";
import { simpleParser, type ParsedMail } from "mailparser";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions } from "smtp-server";

/** A mail as a server took it. */
export interface CaughtMail {
  readonly recipients: readonly string[];
  readonly sender: string;
  readonly secure: boolean;
  /** As it came, byte for byte. */
  readonly source: string;
  readonly parsed: ParsedMail;
}

/** A mail server on this machine that keeps what it takes. */
export interface MailCatcher {
  readonly port: number;
  readonly url: string;
  readonly mails: readonly CaughtMail[];
  close(): Promise<void>;
}

export async function startMailCatcher(options: SMTPServerOptions = {}): Promise<MailCatcher> {
  const mails: CaughtMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    ...options,
    onData: (stream, session, done) => {
      const keep = async (): Promise<void> => {
        const source = await readAll(stream);
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          recipients: rcptTo.map(({ address }) => address),
          sender: mailFrom === false ? "" : mailFrom.address,
          secure: session.secure,
          source,
          parsed: await simpleParser(source),
        });
      };
      callbackify(keep)((error) => done(error));
    },
  });
  // A client that goes away in the middle is no fault of the server's.
  server.on("error", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    url: `smtp://127.0.0.1:${String(port)}`,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function readAll(stream: SMTPServerDataStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
