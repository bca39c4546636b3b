import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readCookie } from "../../src/http/cookies/cookie-header.ts";
import { parseCookieOptions } from "../../src/http/cookies/cookie-settings.ts";
import { readCredentials } from "../../src/http/cookies/credentials.ts";
import { makeHandler, sessionCookie, siteRequest } from "./support/make-handler.ts";
import { liveToken } from "./support/stand-in-operations.ts";

const cookies = parseCookieOptions({}, "test");

/** Text that `Headers` takes: what can arrive over HTTP. */
const headerText = fc
  .string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 200 })
  .map((text) => text.replace(/[\r\n]/g, " "));

const cookiePiece = fc.oneof(
  headerText,
  fc.constantFrom(
    sessionCookie,
    `${sessionCookie}=`,
    `${sessionCookie}=${liveToken}`,
    `${sessionCookie}="${liveToken}"`,
    `${sessionCookie} = ${liveToken}`,
    `${sessionCookie.toLowerCase()}=${liveToken}`,
    `wispy-session=${liveToken}`,
    "=",
    ";",
    "; ",
    "%00",
    "__proto__=1",
  ),
);

function signedIn(headers: Record<string, string>): boolean {
  return readCredentials(new Headers(headers), cookies).token === liveToken;
}

describe("SE-12: a malformed cookie or header is not signed in", () => {
  it("reads 20,000 random cookie headers without throwing, and never makes a token up", () => {
    fc.assert(
      fc.property(fc.array(cookiePiece, { maxLength: 8 }), (pieces) => {
        const header = pieces.join(";");
        const { token, carrier } = readCredentials(new Headers({ cookie: header }), cookies);
        if (token !== null) {
          expect(token).toBe(liveToken);
          expect(carrier).toBe("cookie");
          const named = new Headers({ cookie: header })
            .get("cookie")!
            .split(";")
            .filter((pair) => pair.split("=")[0]!.trim() === sessionCookie);
          expect(named.filter((pair) => pair.includes("="))).toHaveLength(1);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  it("reads 20,000 random authorization headers without throwing", () => {
    const scheme = fc.constantFrom(
      "Bearer ",
      "bearer ",
      "BEARER  ",
      "Bearer",
      "Bearer\t",
      "Basic ",
      "",
      "Bearer,",
    );
    const value = fc.oneof(
      headerText,
      fc.constantFrom(liveToken, `${liveToken} `, `${liveToken}=`, `${liveToken}, ${liveToken}`),
    );
    fc.assert(
      fc.property(scheme, value, (prefix, rest) => {
        const authorization = prefix + rest;
        const { token } = readCredentials(new Headers({ authorization }), cookies);
        if (token !== null) expect(authorization.trim()).toMatch(new RegExp(`^bearer +${liveToken}$`, "i"));
      }),
      { numRuns: 20_000 },
    );
  });

  it("reads a cookie header of 64 KiB in one pass", () => {
    const header = `${"a=b; ".repeat(13_000)}${sessionCookie}=${liveToken}`;
    expect(signedIn({ cookie: header })).toBe(true);
    expect(signedIn({ cookie: ";".repeat(65_536) })).toBe(false);
    expect(signedIn({ authorization: `Bearer ${" ".repeat(65_536)}x` })).toBe(false);
  });

  it("refuses every prefix, every extension and every one-bit change of a token's form that the form shows", () => {
    for (let length = 0; length < liveToken.length; length += 1) {
      const token = liveToken.slice(0, length);
      expect(readCredentials(new Headers({ authorization: `Bearer ${token}` }), cookies).token).toBe(null);
    }
    for (const extra of ["A", "=", ".", "%", "~"]) {
      expect(
        readCredentials(new Headers({ authorization: `Bearer ${liveToken}${extra}` }), cookies).token,
      ).toBe(null);
    }
  });

  it("answers 401 and never 500 for credentials that cannot be read", async () => {
    const { handler, failures } = makeHandler();
    const broken = [
      "",
      '"',
      "=;=;",
      `${sessionCookie}`,
      `${sessionCookie}=%`,
      `${sessionCookie}=é`,
      "\x7f\x01",
    ];
    for (const cookie of broken) {
      const response = await handler(siteRequest("GET", "/session", { headers: { cookie } }));
      expect(response.status).toBe(401);
    }
    for (const authorization of [
      "Bearer",
      "Bearer ",
      "Bearer é",
      `Bearer ${liveToken} x`,
      "Digest username=x",
    ]) {
      const response = await handler(siteRequest("GET", "/session", { headers: { authorization } }));
      expect(response.status).toBe(401);
    }
    expect(failures).toEqual([]);
  });
});

describe("CS-07: another cookie cannot take the place of ours", () => {
  it("counts two cookies of our name as none, whichever comes first", () => {
    const other = "w".repeat(42) + "A";
    expect(signedIn({ cookie: `${sessionCookie}=${liveToken}` })).toBe(true);
    expect(signedIn({ cookie: `${sessionCookie}=${liveToken}; ${sessionCookie}=${other}` })).toBe(false);
    expect(signedIn({ cookie: `${sessionCookie}=${other}; ${sessionCookie}=${liveToken}` })).toBe(false);
    expect(signedIn({ cookie: `${sessionCookie}=${liveToken}; ${sessionCookie}=${liveToken}` })).toBe(false);
    expect(signedIn({ cookie: `${sessionCookie}=${liveToken}; ${sessionCookie}=` })).toBe(false);
  });

  it("ignores the name without its prefix, in another case, or in a larger jar", () => {
    expect(signedIn({ cookie: `wispy-session=${liveToken}` })).toBe(false);
    expect(signedIn({ cookie: `__host-wispy-session=${liveToken}` })).toBe(false);
    expect(signedIn({ cookie: `__Secure-wispy-session=${liveToken}` })).toBe(false);
    const jar = Array.from({ length: 500 }, (_, index) => `c${index}=${"v".repeat(40)}`).join("; ");
    expect(
      signedIn({ cookie: `${jar}; wispy-session=${"w".repeat(43)}; ${sessionCookie}=${liveToken}` }),
    ).toBe(true);
  });

  it("never falls back to the cookie when a bearer header is there", async () => {
    const { handler } = makeHandler();
    for (const authorization of [`Bearer ${"w".repeat(42)}A`, "Bearer garbage", "Bearer", "bearer  "]) {
      const headers = { cookie: `${sessionCookie}=${liveToken}`, authorization };
      expect((await handler(siteRequest("GET", "/session", { headers }))).status, authorization).toBe(401);
    }
  });

  it("tells absent, single and ambiguous cookies apart", () => {
    expect(readCookie(null, "a")).toEqual({ kind: "absent" });
    expect(readCookie("aa=1; b=a", "a")).toEqual({ kind: "absent" });
    expect(readCookie(" b=2;a = x=y ", "a")).toEqual({ kind: "value", value: "x=y" });
    expect(readCookie("a=1;a=2", "a")).toEqual({ kind: "ambiguous" });
  });
});
