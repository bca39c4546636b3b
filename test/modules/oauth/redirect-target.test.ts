import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRedirectTarget } from "../../../src/modules/oauth/redirect-target.ts";

const baseUrl = "https://app.example.com";
const rules = { baseUrl, origins: new Set([baseUrl, "https://admin.example.com"]) };

describe("IN-01: where the browser goes afterwards", () => {
  it.each([
    ["/", `${baseUrl}/`],
    ["", `${baseUrl}/`],
    ["home", `${baseUrl}/home`],
    ["/home?a=1&b=//c#d", `${baseUrl}/home?a=1&b=//c#d`],
    ["?tab=2", `${baseUrl}/?tab=2`],
    ["https://app.example.com/home", `${baseUrl}/home`],
    ["HTTPS://APP.EXAMPLE.COM:443/home", `${baseUrl}/home`],
    ["https://admin.example.com/users", "https://admin.example.com/users"],
    ["/a/../b", `${baseUrl}/b`],
    ["/\u00e4", `${baseUrl}/%C3%A4`],
    [" /home\t", `${baseUrl}/home`],
    ["https:evil.com//evil.com", `${baseUrl}/evil.com//evil.com`],
  ])("takes %j", (target, url) => {
    expect(readRedirectTarget(target, rules)).toBe(url);
  });

  it.each([
    "https://evil.com/",
    "//evil.com",
    "///evil.com",
    "/\\evil.com",
    "\\\\evil.com",
    "\\/evil.com",
    "/\t/evil.com",
    "/\n/evil.com",
    "/..//evil.com",
    "/a/..//evil.com",
    "/./..//evil.com",
    "/%2e%2e//evil.com",
    "/..\\/evil.com",
    "https:///evil.com",
    "https://app.example.com.evil.com/",
    "https://app.example.com@evil.com/",
    "https://evil.com@app.example.com/",
    "https://:secret@app.example.com/",
    "https://app.example.com:8443/",
    "http://app.example.com/",
    "https://evil.com#https://app.example.com",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,evil",
    "blob:https://app.example.com/0",
    "https://app.example.com//evil.com",
    "https://[",
    "https://ADMIN.example.com.:443/",
    `/${"a".repeat(2000)}`,
    null,
    7,
    ["/"],
    { href: "/" },
  ])("refuses %j", (target) => {
    expect(readRedirectTarget(target, rules)).toBeNull();
  });

  it("stays at an allowed origin, however it is written and read again", () => {
    const pieces = [
      "/",
      "\\",
      "..",
      ".",
      "%2e",
      "%2f",
      "%5c",
      "evil.com",
      "@",
      ":",
      "?",
      "#",
      "\t",
      "\n",
      " ",
      "https:",
    ];
    const target = fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 12 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(target, (text) => {
        const url = readRedirectTarget(text, rules);
        if (url === null) return true;
        const again = new URL(url);
        // A framework that takes the path alone reads it as a reference of its own.
        const pathAlone = new URL(again.pathname + again.search, baseUrl);
        const stays = rules.origins.has(again.origin) && pathAlone.origin === baseUrl;
        return stays && again.href === url && /^[\x21-\x7e]*$/.test(url);
      }),
      { numRuns: 20_000 },
    );
  });
});
