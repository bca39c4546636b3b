import { domainToASCII } from "node:url";
import { readEmailAddress } from "../../module.ts";

/** One address, and whom it belongs to. */
export interface Mailbox {
  readonly name: string | null;
  readonly address: string;
}

/** Reads `Acme <no-reply@acme.example>`, `"Acme, Inc." <...>` or an address alone; `null` for anything else. */
export function readMailbox(text: unknown): Mailbox | null {
  if (typeof text !== "string" || text.length > 400 || /\p{Cc}/u.test(text)) return null;
  const named = /^(?:"([^"\\]*)"|([^"<>\\]*?))\s*<([^<>]*)>$/.exec(text.trim());
  const address = readEmailAddress(named ? named[3]! : text.trim())?.address;
  if (address === undefined) return null;
  const name = (named?.[1] ?? named?.[2] ?? "").trim();
  return { name: name === "" ? null : name, address: toAscii(address) };
}

/** `"Acme, Inc." <no-reply@acme.example>`, as the HTTP interfaces of mail services take it. */
export function formatMailbox({ name, address }: Mailbox): string {
  return name === null ? address : `"${name}" <${address}>`;
}

/** A domain in other letters travels in those that every mail server knows (RFC 5891). */
export function toAscii(address: string): string {
  const at = address.lastIndexOf("@");
  const domain = domainToASCII(address.slice(at + 1));
  return domain === "" ? address : `${address.slice(0, at)}@${domain}`;
}
