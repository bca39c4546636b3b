import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createTestAuth, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { createBrowserSessions } from "../../src/http/browser-sessions.ts";
import { parseHttpSettings } from "../../src/http/http-settings.ts";

function toCookieHeader(setCookies: readonly string[]): string {
  return setCookies.map((cookie) => cookie.split(";", 1)[0]).join("; ");
}

describe("what a route of the application's own reads from a request", () => {
  const { readRequest } = createBrowserSessions(
    parseHttpSettings({ trustedProxy: { hops: 1 } }),
    systemClock,
  );

  it("is all null when the request says nothing", () => {
    expect(readRequest(new Headers())).toEqual({
      token: null,
      context: { ipAddress: null, userAgent: null, deviceToken: null },
    });
  });

  it("has the user agent, and the address that trustedProxy finds", () => {
    const headers = new Headers({ "user-agent": "Browser/1", "x-forwarded-for": "10.9.9.9, 192.0.2.7" });
    const { context } = readRequest(headers, { clientAddress: "10.0.0.1" });
    expect(context).toEqual({ ipAddress: "192.0.2.7", userAgent: "Browser/1", deviceToken: null });
  });

  it("has no token when the cookie comes twice", () => {
    const token = "A".repeat(43);
    const cookie = `__Host-wispy-session=${token}; __Host-wispy-session=${token}`;
    expect(readRequest(new Request("https://app.example.com", { headers: { cookie } })).token).toBeNull();
  });
});

describe("what a browser keeps of a sign-in that waits for a step", () => {
  it("is a cookie until the wait ends, whose token the next request brings", () => {
    const { readRequest, sessionCookies } = createBrowserSessions(parseHttpSettings({}), systemClock);
    const [step, token] = ["twoFactor", "A".repeat(43)];
    const expiresAt = new Date(Date.now() + 600_000);
    const cookies = sessionCookies({ pending: { step, token, methods: ["totp"], expiresAt, details: {} } });
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(/; Path=\/; Max-Age=(?:600|599); HttpOnly; Secure; SameSite=Lax$/);
    const { token: session, context } = readRequest(new Headers({ cookie: toCookieHeader(cookies) }));
    expect([session, context.cookies]).toEqual([null, { twoFactor: token }]);
  });
});

forEachDatabase("sign-up in a route of the application's own", (ctx) => {
  const open = async (): Promise<{ auth: TestAuth; cookies: readonly string[] }> => {
    const auth = await createTestAuth(ctx);
    return { auth, cookies: auth.sessionCookies(await auth.signUp(newCredentials())) };
  };

  it("signs the browser in for the handler too, and marks the device", async () => {
    const { auth, cookies } = await open();
    const headers = new Headers({ cookie: toCookieHeader(cookies) });
    const answer = await auth.handler(new Request("https://app.example.com/auth/session", { headers }));
    expect(answer.status).toBe(200);
    expect(auth.readRequest(headers).context.deviceToken).not.toBeNull();
    expect(cookies.every((cookie) => cookie.endsWith("; HttpOnly; Secure; SameSite=Lax"))).toBe(true);
  });

  it("gives the token that changePassword takes, and cookies for what it returns", async () => {
    const auth = await createTestAuth(ctx);
    const { email, password } = newCredentials();
    const signedUp = await auth.signUp({ email, password });
    const { token, context } = auth.readRequest(
      new Headers({ cookie: toCookieHeader(auth.sessionCookies(signedUp)) }),
    );
    const input = { token: token!, currentPassword: password, newPassword: newCredentials().password };
    const cookies = auth.sessionCookies(await auth.changePassword(input, context));
    expect(cookies).toHaveLength(1);
    expect(await auth.getSession(new Headers({ cookie: toCookieHeader(cookies) }))).not.toBeNull();
  });

  it("takes the session's cookie away and leaves the device's", async () => {
    const { auth } = await open();
    const cookies = auth.sessionCookies(null);
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(/^__Host-wispy-session=; Path=\/; Max-Age=0; /);
  });
});
