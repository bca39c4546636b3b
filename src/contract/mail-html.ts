import type { MailPart } from "./mail-layout.ts";
import type { MailBrand } from "./mail.ts";

/** A layout whose texts are one line each, and whose URLs were read. */
export interface HtmlLayout {
  readonly brand: MailBrand;
  readonly subject: string;
  readonly preview: string;
  readonly language: string;
  readonly parts: readonly MailPart[];
}

const fonts = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const defaultColor = "#1f2937";

// Mail programs know tables and inline styles, and little else. What is in <style> is for those that know more.
const darkMode = `@media (prefers-color-scheme:dark){.page{background:#18181b!important}.card{background:#27272a!important}.strong{color:#fafafa!important}.body{color:#e4e4e7!important}.faint{color:#c7c7cf!important}.box{background:#18181b!important}}@media (max-width:480px){.card{padding:28px 22px!important}}`;

/** The HTML of a mail: one column of 560 pixels, light or dark as the reader's device is. */
export function layOutHtml({ brand, subject, preview, language, parts }: HtmlLayout): string {
  const footer = [brand.name, brand.footer ?? ""].filter((line) => line !== "").map(escapeHtml);
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>${darkMode}</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f4f4f5;">
<div style="display:none;max-height:0;overflow:hidden;">${escapeHtml(preview)}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f4f4f5;font-family:${fonts};">
<tr><td align="center" style="padding:32px 12px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;">
<tr><td class="strong" style="padding:0 4px 20px;font-size:18px;font-weight:700;color:#18181b;">${headOf(brand)}</td></tr>
<tr><td class="card" style="padding:36px 40px;background:#ffffff;border-radius:12px;">
${parts.map((part) => htmlOf(part, brand)).join("\n")}
</td></tr>
<tr><td class="faint" style="padding:20px 4px 0;font-size:13px;line-height:1.5;color:#52525b;">${footer.join("<br>")}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

function headOf({ name, logoUrl }: MailBrand): string {
  if (logoUrl === undefined) return escapeHtml(name);
  return `<img src="${escapeHtml(logoUrl)}" alt="${escapeHtml(name)}" height="32" style="display:block;height:32px;border:0;">`;
}

function htmlOf(part: MailPart, { color = defaultColor }: MailBrand): string {
  if ("heading" in part) {
    return `<h1 class="strong" style="margin:0 0 16px;font-size:22px;line-height:1.3;font-weight:700;color:#18181b;">${escapeHtml(part.heading)}</h1>`;
  }
  if ("paragraph" in part) {
    return `<p class="body" style="margin:0 0 16px;font-size:16px;line-height:1.6;color:#3f3f46;">${escapeHtml(part.paragraph)}</p>`;
  }
  if ("button" in part) return buttonOf(part, color);
  if ("code" in part) {
    return `<p class="box strong" style="margin:24px 0;padding:16px;border-radius:8px;background:#f4f4f5;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:30px;letter-spacing:6px;text-align:center;color:#18181b;">${escapeHtml(part.code)}</p>`;
  }
  return `<p class="faint" style="margin:16px 0 0;font-size:14px;line-height:1.6;color:#52525b;">${escapeHtml(part.note)}</p>`;
}

function buttonOf({ button, url }: { readonly button: string; readonly url: string }, color: string): string {
  const [href, ink] = [escapeHtml(url), inkOn(color)];
  return `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:24px 0;"><tr><td style="border-radius:8px;background:${escapeHtml(color)};"><a href="${href}" style="display:inline-block;padding:13px 26px;font-size:16px;font-weight:600;color:${ink};text-decoration:none;">${escapeHtml(button)}</a></td></tr></table>
<p class="faint" style="margin:0 0 16px;font-size:13px;line-height:1.5;color:#52525b;word-break:break-all;">${href}</p>`;
}

/** Black or white, whichever stands out more (WCAG 2.2, "contrast ratio"). */
function inkOn(color: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(color.slice(at, at + 2), 16) / 255),
  );
  const luminance = 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000";
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
