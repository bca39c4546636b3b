import type { MailMessage, MailTransport } from "./mail-transport.ts";

/** Keeps mails in this process. */
export interface MemoryTransport extends MailTransport {
  /** The oldest first. */
  readonly messages: readonly MailMessage[];
  /** The newest one to an address, or `null`. */
  latestTo(address: string): MailMessage | null;
  clear(): void;
}

/**
 * Keeps mails instead of sending them, for tests and for a page that shows them in development.
 * @param options.limit How many are kept: the newest. Default 1000.
 */
export function memoryTransport({ limit = 1000 }: { readonly limit?: number } = {}): MemoryTransport {
  const messages: MailMessage[] = [];
  return {
    name: "memory",
    messages,
    async send(message) {
      messages.push(message);
      if (messages.length > limit) messages.shift();
    },
    latestTo: (address) => messages.findLast(({ to }) => to === address) ?? null,
    clear: () => void messages.splice(0),
  };
}
