import { AuthError } from "../errors.ts";
import { layOutHtml } from "./mail-html.ts";
import type { MailBrand, MailContent } from "./mail.ts";

/** One part of a mail, each one line of plain text: nothing in it is taken for markup. */
export type MailPart =
  | { readonly heading: string }
  | { readonly paragraph: string }
  /** A link, as a button and spelled out. `url` is absolute. */
  | { readonly button: string; readonly url: string }
  /** Something to be typed elsewhere. */
  | { readonly code: string }
  /** What few need to read: how long a link holds, whom to ask. */
  | { readonly note: string };

export interface MailLayout {
  readonly brand: MailBrand;
  readonly subject: string;
  /** What lists of mails show beside the subject. Default: the first paragraph. */
  readonly preview?: string;
  /** BCP 47, for those who have mails read to them. Default `en`. */
  readonly language?: string;
  readonly parts: readonly MailPart[];
}

/**
 * A mail of one look in text and HTML, from the same parts. Everything is escaped, and control characters become spaces.
 *
 * @throws AuthError `configuration_invalid` for a button whose URL is not one of the web
 * @example
 * layOutMail({
 *   brand,
 *   subject: "Reset your password",
 *   parts: [
 *     { heading: "Reset your password" },
 *     { paragraph: "Somebody asked for a new password for your account." },
 *     { button: "Choose a new password", url: link },
 *     { note: "The link works for one hour. If it was not you, ignore this mail." },
 *   ],
 * });
 */
export function layOutMail({ brand, subject, preview, language = "en", parts }: MailLayout): MailContent {
  const lines = parts.map(readPart);
  const first = lines.find((part) => "paragraph" in part);
  return {
    subject,
    text: layOutText(brand, lines),
    html: layOutHtml({
      brand: { ...brand, name: oneLine(brand.name), footer: oneLine(brand.footer ?? "") },
      subject: oneLine(subject),
      preview: oneLine(preview ?? first?.paragraph ?? ""),
      language,
      parts: lines,
    }),
  };
}

function layOutText(brand: MailBrand, parts: readonly MailPart[]): string {
  const footer = [brand.name, ...(brand.footer === undefined ? [] : [brand.footer])].map(oneLine);
  // RFC 3676 section 4.3: what follows "-- " is a signature.
  return [...parts.map(textOf), `-- \n${footer.join("\n")}`].join("\n\n").concat("\n");
}

function textOf(part: MailPart): string {
  if ("heading" in part) return part.heading;
  if ("paragraph" in part) return part.paragraph;
  if ("button" in part) return `${part.button}:\n${part.url}`;
  if ("code" in part) return `    ${part.code}`;
  return part.note;
}

function readPart(part: MailPart): MailPart {
  const read = Object.fromEntries(Object.entries(part).map(([key, text]) => [key, oneLine(text)]));
  return ("url" in part ? { ...read, url: webAddress(part.url) } : read) as unknown as MailPart;
}

/** Line breaks would let a value write paragraphs of its own, and marks of direction turn a text around. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
}

function webAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol)) return url.href;
  throw new AuthError("configuration_invalid", { message: "The button of a mail leads to a web address" });
}
