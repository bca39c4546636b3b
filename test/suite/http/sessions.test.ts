import { beforeAll, describe, expect, it } from "vitest";
import {
  createTestAuth,
  newCredentials,
  testBaseUrl,
  type TestAuth,
} from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createHttpClient, type HttpClient } from "../../support/http-client.ts";
import { dumpTables } from "./support/dump-tables.ts";

const sessionCookie = "__Host-wispy-session";

interface SessionBody {
  readonly id: string;
  readonly current: boolean;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

forEachDatabase("sessions over HTTP", (ctx) => {
  let auth: TestAuth;
  beforeAll(async () => {
    auth = await createTestAuth(ctx);
  });

  async function signUp(): Promise<{ browser: HttpClient; email: string; password: string }> {
    const browser = createHttpClient(auth);
    const credentials = newCredentials();
    expect((await browser.post("/sign-up", credentials)).status).toBe(201);
    return { browser, ...credentials };
  }

  async function signIn(credentials: { email: string; password: string }): Promise<HttpClient> {
    const browser = createHttpClient(auth);
    const { email, password } = credentials;
    expect((await browser.post("/sign-in", { email, password })).status).toBe(200);
    return browser;
  }

  async function sessionsOf(browser: HttpClient): Promise<readonly SessionBody[]> {
    const { body } = await browser.get("/sessions");
    return body!["sessions"] as readonly SessionBody[];
  }

  async function isSignedIn(browser: HttpClient): Promise<boolean> {
    const { status } = await browser.get("/session");
    expect([200, 401]).toContain(status);
    return status === 200;
  }

  it("lists all of the user's sessions and marks the current one", async () => {
    const user = await signUp();
    const second = await signIn(user);
    const sessions = await sessionsOf(second);
    expect(sessions).toHaveLength(2);
    expect(sessions.filter((session) => session.current)).toHaveLength(1);
    const { body } = await second.get("/session");
    expect(sessions.find((session) => session.current)!.id).toBe((body!["session"] as SessionBody).id);
  });

  it("SE-05, SE-08: ends one session at once, and only one's own", async () => {
    const user = await signUp();
    const second = await signIn(user);
    const stranger = (await signUp()).browser;
    const firstId = (await sessionsOf(user.browser)).find((session) => session.current)!.id;
    expect((await stranger.delete(`/sessions/${firstId}`)).status).toBe(404);
    expect(await isSignedIn(user.browser)).toBe(true);
    expect((await second.delete(`/sessions/${firstId}`)).status).toBe(204);
    expect(await isSignedIn(user.browser)).toBe(false);
    expect((await second.delete(`/sessions/${firstId}`)).status).toBe(404);
    expect(await isSignedIn(second)).toBe(true);
    expect(await isSignedIn(stranger)).toBe(true);
  });

  it("forgets the cookie of a browser that ends its own session by id", async () => {
    const { browser } = await signUp();
    const [own] = await sessionsOf(browser);
    expect((await browser.delete(`/sessions/${own!.id}`)).status).toBe(204);
    expect(browser.cookies.has(sessionCookie)).toBe(false);
  });

  it("ends all other sessions and counts them", async () => {
    const user = await signUp();
    const others = [await signIn(user), await signIn(user)];
    expect(await user.browser.delete("/sessions")).toMatchObject({ status: 200, body: { revoked: 2 } });
    for (const other of others) expect(await isSignedIn(other)).toBe(false);
    expect(await isSignedIn(user.browser)).toBe(true);
  });

  it("SE-03: signing in ends the session the browser came with, so a planted one is worth nothing", async () => {
    const attacker = (await signUp()).browser;
    const planted = attacker.cookies.get(sessionCookie)!;
    const { email, password } = await signUp();
    const victim = createHttpClient(auth);
    const answer = await victim.post(
      "/sign-in",
      { email, password },
      { cookie: `${sessionCookie}=${planted}` },
    );
    expect(answer.status).toBe(200);
    expect(victim.cookies.get(sessionCookie)).not.toBe(planted);
    expect(await auth.getSession(planted)).toBe(null);
    expect(await isSignedIn(attacker)).toBe(false);
  });

  it("SE-07: a new password ends the other sessions and gives this browser a new token", async () => {
    const user = await signUp();
    const other = await signIn(user);
    const before = user.browser.cookies.get(sessionCookie)!;
    const newPassword = `another ${user.password}`;
    const answer = await user.browser.post("/password/change", {
      currentPassword: user.password,
      newPassword,
    });
    expect(answer.status).toBe(200);
    expect(user.browser.cookies.get(sessionCookie)).not.toBe(before);
    expect(await isSignedIn(user.browser)).toBe(true);
    expect(await isSignedIn(other)).toBe(false);
    expect(await auth.getSession(before)).toBe(null);
    expect(
      (await createHttpClient(auth).post("/sign-in", { email: user.email, password: user.password })).status,
    ).toBe(401);
    await signIn({ email: user.email, password: newPassword });
  });

  it("PW-11: a wrong current password changes nothing", async () => {
    const user = await signUp();
    const body = { currentPassword: "not this one", newPassword: "yet another long one" };
    expect(await user.browser.post("/password/change", body)).toMatchObject({
      body: { code: "invalid_credentials" },
    });
    expect(await isSignedIn(user.browser)).toBe(true);
    await signIn(user);
  });

  it("deletes an account only with its password, and forgets the cookie", async () => {
    const user = await signUp();
    expect((await user.browser.delete("/user", { password: "not this one" })).status).toBe(401);
    expect(await isSignedIn(user.browser)).toBe(true);
    expect((await user.browser.delete("/user", { password: user.password })).status).toBe(204);
    expect(user.browser.cookies.has(sessionCookie)).toBe(false);
    expect(await auth.users.getByEmail(user.email)).toBe(null);
  });

  describe("SE-12", () => {
    it("no prefix, extension or one-bit change of a live token opens anything", async () => {
      const { browser } = await signUp();
      const token = browser.cookies.get(sessionCookie)!;
      expect(await statusOf(token)).toBe(200);
      const changed = new Set<string>();
      for (let length = 0; length < token.length; length += 1) changed.add(token.slice(0, length));
      for (const extra of ["A", "=", "==", ".", "-"]) changed.add(token + extra);
      for (let index = 0; index < token.length; index += 1) {
        for (let bit = 0; bit < 7; bit += 1) {
          const code = token.charCodeAt(index) ^ (1 << bit);
          changed.add(token.slice(0, index) + String.fromCharCode(code) + token.slice(index + 1));
        }
      }
      for (const candidate of changed) {
        if (/[\0\r\n]/.test(candidate) || candidate.trim() === token) continue;
        expect(await statusOf(candidate), candidate).toBe(401);
      }
    });

    async function statusOf(token: string): Promise<number> {
      const headers = { authorization: `Bearer ${token}` };
      return (await auth.handler(new Request(`${testBaseUrl}/auth/session`, { headers }))).status;
    }
  });

  it("takes a bearer token where it takes a cookie, and signs out by it without touching cookies", async () => {
    const credentials = newCredentials();
    const client = createHttpClient(auth);
    const { body } = await client.post("/sign-up", { ...credentials, tokenDelivery: "body" }, { origin: "" });
    expect(client.cookies.size).toBe(0);
    const headers = { authorization: `Bearer ${String(body!["token"])}`, origin: "" };
    expect((await client.get("/session", headers)).status).toBe(200);
    const out = await client.post("/sign-out", undefined, headers);
    expect([out.status, out.headers.getSetCookie()]).toEqual([204, []]);
    expect((await client.get("/session", headers)).status).toBe(401);
  });

  it("CS-04: reading changes no row, however often", async () => {
    const { browser } = await signUp();
    const before = await dumpTables(ctx);
    for (let visit = 0; visit < 5; visit += 1) {
      for (const path of ["/session", "/sessions", "/health", "/nowhere", "/sign-out", "/user"])
        await browser.get(path);
    }
    expect(await dumpTables(ctx)).toEqual(before);
  });

  it("CS-02, CS-05: a request from another site changes no row", async () => {
    const user = await signUp();
    const [own] = await sessionsOf(user.browser);
    const before = await dumpTables(ctx);
    const evil = { origin: "https://evil.example" };
    const answers = [
      await user.browser.post("/sign-up", newCredentials(), evil),
      await user.browser.post("/sign-in", { email: user.email, password: user.password }, evil),
      await user.browser.post("/sign-out", undefined, evil),
      await user.browser.post(
        "/password/change",
        { currentPassword: user.password, newPassword: "a stolen account" },
        evil,
      ),
      await user.browser.delete("/sessions", undefined, evil),
      await user.browser.delete(`/sessions/${own!.id}`, undefined, evil),
      await user.browser.delete("/user", { password: user.password }, evil),
      await user.browser.post("/sign-out", undefined, { origin: "" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(answers.length).fill(403));
    expect(await dumpTables(ctx)).toEqual(before);
  });

  it("RL-05: writes down the address that the configured proxies vouch for, and no other", async () => {
    const behindProxy = await createTestAuth(ctx, { trustedProxy: { hops: 1 } });
    const forged = { "x-forwarded-for": "1.1.1.1, 203.0.113.9", "user-agent": "a\tbrowser" };
    const seen = async (on: TestAuth): Promise<SessionBody> => {
      const client = createHttpClient(on, { clientAddress: "::ffff:10.0.0.1" });
      const { body } = await client.post("/sign-up", newCredentials(), forged);
      return body!["session"] as SessionBody;
    };
    expect(await seen(auth)).toMatchObject({ ipAddress: "10.0.0.1", userAgent: "a browser" });
    expect(await seen(behindProxy)).toMatchObject({ ipAddress: "203.0.113.9" });
  });
});
