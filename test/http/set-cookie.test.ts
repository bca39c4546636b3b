import { describe, expect, it } from "vitest";

import { parseCookieOptions } from "../../src/http/cookies/cookie-settings.ts";
import { toSetCookies } from "../../src/http/cookies/set-cookie.ts";
import { parseHttpSettings } from "../../src/http/http-settings.ts";
import { makeHandler, siteRequest, signUpBody } from "./support/make-handler.ts";
import { issuedDeviceToken, issuedToken, liveToken } from "./support/stand-in-operations.ts";

const refused = expect.objectContaining({ code: "configuration_invalid" });

describe("CS-01: cookies", () => {
  it("are __Host-, Secure, HttpOnly, Path=/, SameSite=Lax and as long-lived as what they open", async () => {
    const { handler } = makeHandler();
    for (const path of ["/sign-up", "/sign-in"]) {
      const response = await handler(siteRequest("POST", path, { body: signUpBody }));
      const thirtyDays = 30 * 24 * 60 * 60;
      expect(response.headers.getSetCookie()).toEqual([
        `__Host-wispy-session=${issuedToken}; Path=/; Max-Age=${thirtyDays}; HttpOnly; Secure; SameSite=Lax`,
        `__Host-wispy-device=${issuedDeviceToken}; Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax`,
      ]);
    }
  });

  it("are removed with the attributes they were set with", async () => {
    const { handler } = makeHandler();
    const response = await handler(siteRequest("POST", "/sign-out"));
    expect(response.headers.getSetCookie()).toEqual([
      "__Host-wispy-session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
    ]);
  });

  it("are not set when the token is asked for in the body, and the body has no token otherwise", async () => {
    const { handler } = makeHandler();
    const inBody = await handler(
      siteRequest("POST", "/sign-in", { body: { ...signUpBody, tokenDelivery: "body" } }),
    );
    expect(inBody.headers.getSetCookie()).toEqual([]);
    expect(await inBody.json()).toMatchObject({ token: issuedToken, deviceToken: issuedDeviceToken });
    const inCookie = await handler(
      siteRequest("POST", "/sign-in", { body: { ...signUpBody, tokenDelivery: "cookie" } }),
    );
    const text = await inCookie.text();
    expect(text).not.toContain(issuedToken);
    expect(text).not.toContain(issuedDeviceToken);
  });

  it("follow the credential when the password changes: cookie for a cookie, body for a bearer token", async () => {
    const { handler } = makeHandler();
    const body = { currentPassword: "correct horse battery", newPassword: "another horse battery" };
    const byCookie = await handler(
      siteRequest("POST", "/password/change", {
        body,
        headers: { cookie: `__Host-wispy-session=${liveToken}` },
      }),
    );
    expect(byCookie.headers.getSetCookie()).toHaveLength(1);
    expect(await byCookie.text()).not.toContain(issuedToken);
    const byBearer = await handler(
      siteRequest("POST", "/password/change", { body, headers: { authorization: `Bearer ${liveToken}` } }),
    );
    expect(byBearer.headers.getSetCookie()).toEqual([]);
    expect(await byBearer.json()).toMatchObject({ token: issuedToken });
  });

  it("never hold a character that ends a header or an attribute", () => {
    const settings = parseCookieOptions({}, "test");
    const now = new Date(0);
    for (const token of ["a;b", "a\r\nset-cookie: x=y", "a\0", "a b", "a,b", "é"]) {
      expect(() => toSetCookies({ session: { token, expiresAt: now } }, settings, { now })).toThrow(
        TypeError,
      );
      expect(() => toSetCookies({ device: token }, settings, { now })).toThrow(TypeError);
    }
  });

  it("stay below 4096 bytes with the longest name", () => {
    const settings = parseCookieOptions({ name: "n".repeat(40), sameSite: "strict" }, "test");
    const [cookie] = toSetCookies({ session: { token: issuedToken, expiresAt: new Date(1e12) } }, settings, {
      now: new Date(0),
    });
    expect(cookie!.length).toBeLessThan(4096);
    expect(cookie).toContain("; SameSite=Strict");
  });
});

describe("CF-01: development cookies", () => {
  it("have no prefix and no Secure, and are refused in production", () => {
    expect(parseCookieOptions({ secure: false }, "development")).toMatchObject({
      sessionName: "wispy-session",
      deviceName: "wispy-device",
    });
    expect(parseCookieOptions({ secure: true }, "production").sessionName).toBe("__Host-wispy-session");
    expect(() => parseHttpSettings({ cookie: { secure: false } }, "production")).toThrow(refused);
  });

  it("cannot be named or scoped so that a check fails open", () => {
    for (const name of ["", "a b", "a;b", "a=b", "é", "__Host-x", "x".repeat(41)]) {
      expect(() => parseCookieOptions({ name }, "test"), name).toThrow(refused);
    }
    for (const sameSite of ["none", "None", "", true]) {
      expect(() => parseCookieOptions({ sameSite: sameSite as never }, "test")).toThrow(refused);
    }
  });
});

describe("CF-01: addresses", () => {
  it("are exact origins, or the start fails", () => {
    const wrong = [
      "https://*.example.com",
      "https://example.com/",
      "https://example.com/path",
      "https://EXAMPLE.com",
      "https://example.com:443",
      "https://user@example.com",
      "example.com",
      "null",
      "*",
      "",
      "javascript:alert(1)",
      "ftp://example.com",
    ];
    for (const origin of wrong) {
      expect(() => parseHttpSettings({ trustedOrigins: [origin] }, "test"), origin).toThrow(refused);
    }
    for (const baseUrl of wrong.filter((text) => text !== "https://example.com/")) {
      expect(() => parseHttpSettings({ baseUrl }, "test"), baseUrl).toThrow(refused);
    }
    expect(parseHttpSettings({ baseUrl: "https://example.com/" }, "test").origins.ownOrigin).toBe(
      "https://example.com",
    );
  });

  it("have a base path without loose ends", () => {
    for (const basePath of [
      "auth",
      "/auth/",
      "//auth",
      "/a//b",
      "/../auth",
      "/a%2fb",
      "/a b",
      "/a;b",
      "/:id",
    ]) {
      expect(() => parseHttpSettings({ basePath }, "test"), basePath).toThrow(refused);
    }
    for (const basePath of ["/auth", "/api/v1/auth", "/"]) {
      expect(parseHttpSettings({ basePath }, "test").basePath).toBe(basePath === "/" ? "" : basePath);
    }
  });
});
