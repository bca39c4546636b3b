import { AuthError, type MailBrand, type MailRender } from "../../module.ts";
import type { MailOptions } from "./mail-options.ts";
import { readMailbox, type Mailbox } from "./mailbox.ts";
import type { MailTransport } from "./transports/mail-transport.ts";

/** The options with their defaults, checked. */
export interface MailSettings {
  readonly from: Mailbox;
  readonly replyTo: Mailbox | null;
  readonly transport: MailTransport;
  readonly brand: MailBrand;
  readonly templates: ReadonlyMap<string, MailRender<never>>;
  readonly background: boolean;
  readonly maxAttempts: number;
  readonly concurrency: number;
  readonly sendTimeoutSeconds: number;
  readonly pollSeconds: number;
  readonly keepDeliveredSeconds: number;
  readonly keepDeadSeconds: number;
}

const day = 86_400;

/** @throws AuthError `configuration_invalid`, naming the option */
export function resolveMailOptions(options: MailOptions): MailSettings {
  const { delivery = "background", transport, templates = {} } = options;
  if (delivery !== "background" && delivery !== "manual")
    throw invalid('delivery is "background" or "manual"');
  if (typeof transport?.send !== "function") {
    throw invalid("transport is what carries mails: smtpTransport({ url }), for example");
  }
  const from = mailbox(options.from, "from");
  return {
    from,
    replyTo: options.replyTo === undefined ? null : mailbox(options.replyTo, "replyTo"),
    transport,
    brand: resolveBrand(options.brand ?? {}, from),
    templates: new Map(Object.entries(templates)),
    background: delivery === "background",
    maxAttempts: whole(options.maxAttempts ?? 12, "maxAttempts", 100),
    concurrency: whole(options.concurrency ?? 5, "concurrency", 100),
    sendTimeoutSeconds: whole(options.sendTimeoutSeconds ?? 30, "sendTimeoutSeconds", 600),
    pollSeconds: whole(options.pollSeconds ?? 15, "pollSeconds", 3600),
    keepDeliveredSeconds: whole(options.keepDeliveredSeconds ?? day, "keepDeliveredSeconds"),
    keepDeadSeconds: whole(options.keepDeadSeconds ?? 30 * day, "keepDeadSeconds"),
  };
}

function resolveBrand(brand: Partial<MailBrand>, from: Mailbox): MailBrand {
  const { name = from.name ?? from.address.split("@")[1]!, color, logoUrl, footer } = brand;
  if (typeof name !== "string" || !/^[^\p{Cc}]{1,100}$/u.test(name)) {
    throw invalid("brand.name is one line of up to 100 characters");
  }
  if (color !== undefined && !/^#[0-9a-f]{6}$/i.test(color)) throw invalid('brand.color is like "#4f46e5"');
  if (logoUrl !== undefined && !/^https:\/\/\S+$/.test(logoUrl)) {
    throw invalid("brand.logoUrl is an address that begins with https://");
  }
  return {
    name,
    ...(color !== undefined && { color }),
    ...(logoUrl !== undefined && { logoUrl }),
    ...(footer !== undefined && { footer }),
  };
}

function mailbox(value: string, name: string): Mailbox {
  const read = readMailbox(value);
  if (read !== null) return read;
  throw invalid(`${name} is one address, alone or like "Acme <no-reply@acme.example>"`);
}

function whole(value: number, name: string, max = 2 ** 31 - 1): number {
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw invalid(`${name} is a whole number from 1 to ${String(max)}`);
}

export function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message: `mail: ${message}` });
}
