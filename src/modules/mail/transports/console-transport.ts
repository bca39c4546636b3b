import { invalid } from "../mail-settings.ts";
import type { MailMessage, MailTransport } from "./mail-transport.ts";

export interface ConsoleOptions {
  /** Takes each mail as text. Default: standard output. */
  readonly write?: (text: string) => void;
}

/**
 * Prints mails instead of sending them, links and codes included: for development.
 * @throws AuthError `configuration_invalid` with `NODE_ENV=production`, whose logs are no place for them
 */
export function consoleTransport({ write = print }: ConsoleOptions = {}): MailTransport {
  if (process.env["NODE_ENV"] === "production") {
    throw invalid("consoleTransport would print what opens accounts into the logs of production");
  }
  return {
    name: "console",
    send: async (message) => write(toText(message)),
  };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function toText({ to, subject, text }: MailMessage): string {
  const rule = "─".repeat(72);
  return [rule, `To:      ${to}`, `Subject: ${subject}`, "", text.trimEnd(), rule].join("\n");
}
