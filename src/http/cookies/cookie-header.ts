/** What a `Cookie` header says about one name. Two cookies of one name cannot be told apart, so neither counts. */
export type CookieReading =
  | { readonly kind: "absent" }
  | { readonly kind: "ambiguous" }
  | { readonly kind: "value"; readonly value: string };

/** The cookies whose names begin with a prefix, by the rest of their names; those that come twice are left out. */
export function readPrefixedCookies(header: string | null, prefix: string): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const pair of (header ?? "").split(";")) {
    const name = pair.split("=", 1)[0]!.trim();
    if (!name.startsWith(prefix)) continue;
    const reading = readCookie(header, name);
    if (reading.kind === "value") found.set(name.slice(prefix.length), reading.value);
  }
  return Object.fromEntries(found);
}

/**
 * Reads one cookie by its exact name. Never throws; a value is returned as it was sent, without unquoting or
 * decoding (ours are made of characters that need neither).
 *
 * A page on a sibling domain, or a script with access to the cookie jar, can plant a second cookie of the same
 * name (RFC 6265 section 8.6); which of the two comes first is the attacker's choice.
 */
export function readCookie(header: string | null, name: string): CookieReading {
  let found: CookieReading = { kind: "absent" };
  for (const pair of (header ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    if (found.kind !== "absent") return { kind: "ambiguous" };
    found = { kind: "value", value: pair.slice(equals + 1).trim() };
  }
  return found;
}
