// From the scheme to the last @ before a space: a password may hold any character, an @ among them.
const urlPassword = /(:\/\/[^/\s:@]*):\S*@/g;
const parameterPassword = /([?&](?:ssl)?password=)[^&\s]*/gi;

/** The text without the passwords of the URLs in it. */
export function redact(text: string): string {
  return text.replace(urlPassword, "$1:***@").replace(parameterPassword, "$1***");
}
